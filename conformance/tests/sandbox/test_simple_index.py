"""The loopback index: PEP 503 and PEP 691, with hashes, and nothing else."""

import hashlib
import http.client
import json
import os
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from manylinux_conformance.asking.probe_projects import (
    ProbeProjects,
    write_probe_projects,
)
from manylinux_conformance.questions.probe_project import Offer, ProbeProject
from manylinux_conformance.sandbox.simple_index import JSON, simple_index

ODD = "manylinux_\uff12_17_x86_64"


@pytest.fixture
def probes(tmp_path: Path) -> ProbeProjects:
    (tmp_path / "secret").write_text("outside the folder of wheels")
    question = ProbeProject("rule/name", (Offer(ODD), Offer("linux_x86_64")))
    return write_probe_projects([question], tmp_path / "links")


@pytest.fixture
def address(probes: ProbeProjects) -> Iterator[str]:
    with simple_index(probes.links) as address:
        yield address


def get(url: str, accept: str = "*/*") -> tuple[int, str, bytes]:
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", parts.path, headers={"Accept": accept})
    answer = connection.getresponse()
    found = answer.status, answer.headers["Content-Type"], answer.read()
    connection.close()
    return found


def test_a_project_page_lists_every_wheel_with_its_hash_as_json(
    probes: ProbeProjects, address: str
) -> None:
    project = probes.projects[0].name
    status, kind, body = get(f"{address}{project}/", JSON)
    page = json.loads(body)
    assert (status, kind, page["name"]) == (200, JSON, project)
    assert {file["filename"]: file["hashes"]["sha256"] for file in page["files"]} == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in probes.links.iterdir()
    }


def test_a_project_page_is_html_for_everybody_else(
    probes: ProbeProjects, address: str
) -> None:
    status, kind, body = get(f"{address}{probes.projects[0].name}/")
    assert (status, kind) == (200, "text/html; charset=utf-8")
    assert body.decode().count("#sha256=") == 3


def test_wheels_come_in_the_order_in_which_they_were_written(
    tmp_path: Path,
) -> None:
    times = {"a-1-py3-none-a.whl": 3, "a-1-py3-none-c.whl": 1, "a-1-py3-none-b.whl": 1}
    for name, written in times.items():
        (tmp_path / name).write_bytes(b"")
        os.utime(tmp_path / name, (written, written))
    with simple_index(tmp_path) as address:
        files = json.loads(get(f"{address}a/", JSON)[2])["files"]
    assert [file["filename"][-5] for file in files] == ["b", "c", "a"]


def test_every_listed_address_gives_its_wheel(
    probes: ProbeProjects, address: str
) -> None:
    page = f"{address}{probes.projects[0].name}/"
    for file in json.loads(get(page, JSON)[2])["files"]:
        status, _, body = get(urllib.parse.urljoin(page, file["url"]))
        assert status == 200
        assert body == (probes.links / file["filename"]).read_bytes()


@pytest.mark.parametrize(
    "path",
    ["", "unknown/", "../secret", "{project}/../../secret", "{project}/..%2Fsecret"],
)
def test_there_is_nothing_beside_the_wheels(
    probes: ProbeProjects, address: str, path: str
) -> None:
    project = probes.projects[0].name
    assert get(address + path.format(project=project))[0] == 404


def test_an_address_without_its_slash_leads_to_the_page(
    probes: ProbeProjects, address: str
) -> None:
    (project,) = {each.name.partition("-")[0] for each in probes.links.iterdir()}
    assert get(f"{address}{project}")[0] == 301


def test_the_index_ends_with_its_run(probes: ProbeProjects) -> None:
    with simple_index(probes.links) as address:
        assert get(address)[0] == 404
    with pytest.raises(ConnectionRefusedError):
        get(address)
