"""An index is asked by uploads; what it says, lists and serves is the answer."""

from __future__ import annotations

import dataclasses
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.asking.index.client import beyond, refuse_beyond
from manylinux_conformance.asking.index.server import free_ports
from manylinux_conformance.asking.index.table import Index
from manylinux_conformance.asking.probe_projects import ProbeCache
from manylinux_conformance.errors import (
    InputError,
    UnavailableError,
    UnsupportedError,
)
from manylinux_conformance.platforms.interpreters import running_interpreter
from manylinux_conformance.questions.answer import Answer
from manylinux_conformance.questions.upload import (
    Archive,
    Became,
    Client,
    Examines,
    Look,
    Send,
    Upload,
)
from manylinux_conformance.results.verdicts import Verdict
from manylinux_conformance.roles.index import IndexRole, ask_index
from manylinux_conformance.roles.role import Resources
from manylinux_conformance.sandbox.provide import ProvidedTool
from manylinux_conformance.sandbox.tool_description import Provide, ToolDescription
from tests.builders import FAKE_TOOLS

TOOL = ProvidedTool(ToolDescription(name="fake"), "", running_interpreter())
GOOD = "manylinux_2_17_x86_64"


@pytest.fixture
def resources(tmp_path: Path) -> Resources:
    return Resources(
        tmp_path / "asked", tmp_path / "cache", ProbeCache(tmp_path / "probes")
    )


def index(*faults: str) -> Index:
    """Return an index that has some faults; see the fake tool."""
    program = str(FAKE_TOOLS / "index_server.py")
    return Index(
        start=(sys.executable, program, "{port}", *faults),
        ready="http://127.0.0.1:{port}/simple/",
        upload="http://127.0.0.1:{port}/",
        page="http://127.0.0.1:{port}/simple/{project}/",
        seconds=30,
    )


def upload(name: str, expect: Became = Became.ACCEPTED, **fields: object) -> Upload:
    case = Upload(rule="index.rule", name=name, expect=expect)
    return next(msgspec.structs.replace(case, **fields).each_arch())


def asked(
    table: Index, resources: Resources, *questions: Upload
) -> Mapping[str, Answer]:
    answers = ask_index(TOOL, table, questions, resources)
    return {each.name: answers[each.key] for each in questions}


SOUND = (
    upload("accepted"),
    upload("refused", Became.REFUSED, tag="manylinux2025_x86_64"),
    upload("slow", send=Send.SLOWLY),
    upload("interrupted", Became.NOT_LISTED, send=Send.INTERRUPTED),
    upload("resumed", send=Send.RESUMED),
    upload("nothing", Became.NOT_LISTED, send=Send.NOTHING),
    upload("hash", look=Look.HASH),
    upload("metadata", look=Look.METADATA),
    upload("digest", Became.REFUSED, right_digest=False),
    upload("changed", Became.REFUSED, after=GOOD),
    upload("again", Became.EITHER, after=GOOD, same_bytes=True),
    upload("respelled", after="manylinux2014_x86_64"),
    upload(
        "no-trace",
        Became.REFUSED,
        tag="manylinux2025_x86_64",
        look=Look.PROJECT,
    ),
    upload("named", Became.REFUSED, tag="manylinux2025_x86_64", look=Look.REFUSAL),
    *(
        upload(archive.name, Became.REFUSED, archive=archive)
        for archive in (Archive.TRUNCATED, Archive.EMPTY, Archive.TEXT)
    ),
)


def test_a_sound_index_gives_every_expected_answer(resources: Resources) -> None:
    answers = asked(index(), resources, *SOUND)
    for question in SOUND:
        judged = question.judge(answers[question.name])
        assert judged.verdict is Verdict.PASS, (question.name, answers[question.name])


@pytest.mark.parametrize(
    ("fault", "question", "answer"),
    [
        ("silent", "accepted", "told 202, and not listed"),
        ("lists-refused", "refused", "told 400, and listed"),
        ("breaks", "refused", "an error, 500"),
        ("half", "interrupted", "listed"),
        ("no-hash", "hash", "accepted, without a hash"),
        ("no-metadata", "metadata", "accepted, its announced metadata answered with"),
        ("other-bytes", "accepted", "accepted, and other bytes served"),
        ("digest", "digest", "accepted"),
        ("overwrites", "changed", "accepted, in the place of the first"),
        ("empty-project", "no-trace", "refused, and the project has a page"),
        ("mute", "named", "refused, without naming file and tag"),
    ],
)
def test_each_fault_is_an_answer_of_its_own(
    fault: str, question: str, answer: str, resources: Resources
) -> None:
    case = next(each for each in SOUND if each.name == question)
    found = asked(index(fault), resources, case)[question]
    assert found.answer.startswith(answer)
    assert case.judge(found).verdict is Verdict.FAIL


def test_the_second_of_two_uploads_waits_for_the_first(resources: Resources) -> None:
    """An index that decides later may take the last one first."""
    table = msgspec.structs.replace(index("last-first"), settle=10)
    question = next(each for each in SOUND if each.name == "respelled")
    assert asked(table, resources, question)["respelled"].answer == Became.ACCEPTED


def test_an_index_that_examines_no_tags_declines_the_rules_about_them(
    resources: Resources,
) -> None:
    question = upload(
        "tags", Became.REFUSED, tag="linux_x86_64", examines=Examines.TAGS
    )
    found = asked(index("takes-all"), resources, question)["tags"]
    assert found.outcome is Verdict.DECLINED
    assert "notaplatform_1" in found.reason


def test_an_index_that_does_not_audit_declines_the_rules_about_contents(
    resources: Resources,
) -> None:
    question = upload("contents", examines=Examines.CONTENTS)
    assert asked(index(), resources, question)["contents"].outcome is Verdict.DECLINED


def test_an_index_that_does_not_start_is_unavailable(resources: Resources) -> None:
    table = msgspec.structs.replace(
        index(), start=(sys.executable, "-c", "raise SystemExit('error: no')")
    )
    with pytest.raises(UnavailableError, match="error: no"):
        asked(table, resources, upload("accepted"))


def test_a_wrong_password_is_no_refusal_of_wheels(resources: Resources) -> None:
    question = upload("refused", Became.REFUSED, tag="linux_x86_64")
    with pytest.raises(UnavailableError, match="does not let this user upload: 403"):
        asked(index("knows-nobody"), resources, question)


def test_a_program_that_is_not_there_uploads_nothing(resources: Resources) -> None:
    offline = dataclasses.replace(resources, offline=True)
    questions = (upload("form"), upload("uv", client=Client.UV))
    answers = asked(index(), offline, *questions)
    assert answers["form"].answer == Became.ACCEPTED
    assert answers["uv"].outcome is Verdict.NOT_ASKED
    assert "uv is not installed yet" in answers["uv"].reason


@pytest.mark.parametrize(
    "odd", [upload("slow", send=Send.SLOWLY), upload("digest", right_digest=False)]
)
def test_no_program_is_asked_to_send_what_it_cannot(odd: Upload) -> None:
    assert odd.problems() == []
    assert msgspec.structs.replace(odd, client=Client.TWINE).problems()


@pytest.mark.parametrize("password", ["", "none"])
def test_an_index_that_nobody_has_running_is_no_loss(
    password: str, resources: Resources
) -> None:
    (port,) = free_ports(1)
    table = Index(
        ready=f"http://127.0.0.1:{port}/simple/",
        upload=f"http://127.0.0.1:{port}/",
        page=f"http://127.0.0.1:{port}/simple/{{project}}/",
        password_file=password and str(resources.folder / password),
        by_hand="has no package",
    )
    with pytest.raises(UnsupportedError, match="has no package"):
        asked(table, resources, upload("accepted"))


def test_a_limit_on_requests_is_no_refusal(resources: Resources) -> None:
    question = upload("limited", Became.REFUSED, tag="linux_x86_64")
    found = asked(index("limits"), resources, question)["limited"]
    assert found.outcome is Verdict.ERROR
    assert "429" in found.reason


def test_a_view_is_asked_about_what_lies_there(resources: Resources) -> None:
    table = msgspec.structs.replace(index("reads"), upload="", files="{data}/files")
    table = msgspec.structs.replace(table, start=(*table.start, "{data}/files"))
    questions = (
        upload("accepted"),
        upload("nothing", Became.NOT_LISTED, send=Send.NOTHING),
        upload("refused", Became.REFUSED, tag="linux_x86_64"),
    )
    answers = asked(table, resources, *questions)
    assert [answers[each.name].answer for each in questions[:2]] == [
        "accepted",
        "not listed",
    ]
    assert answers["refused"].outcome is Verdict.DECLINED


def test_smoke_questions_find_no_fault_in_a_sound_index(
    resources: Resources,
) -> None:
    assert list(IndexRole().smoke(TOOL, index(), resources)) == []


def test_smoke_questions_find_an_index_that_keeps_nothing(
    resources: Resources,
) -> None:
    found = IndexRole().smoke(TOOL, index("silent"), resources)
    assert any("not listed" in line for line in found)


def test_a_question_is_asked_for_each_architecture() -> None:
    case = Upload(
        rule="index.rule",
        name="each",
        tag="manylinux_2_39_{arch}",
        expect=Became.ACCEPTED,
    )
    keys = {each.key for each in case.each_arch()}
    assert len(keys) == 9
    assert "index.rule/each@riscv64" in keys


def problems(**fields: object) -> Iterator[str]:
    return msgspec.structs.replace(index(), **fields).problems(Provide())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"page": "http://127.0.0.1/"}, "lacks {project}"),
        ({"front": ("./gate",)}, "needs inner_ready"),
        ({"files": "{data}"}, "asked by them"),
        ({"by_hand": "has no package"}, "can start"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(
    fields: dict[str, object], said: str
) -> None:
    assert any(said in line for line in problems(**fields))


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8080/",
        "http://localhost/simple/",
        "http://[::1]:1/",
    ],
)
def test_this_machine_is_asked_without_a_word(address: str) -> None:
    refuse_beyond([address], [])


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://index.example/legacy/", "index.example"),
        ("http://127.0.0.1@index.example/", "index.example"),
        ("http://localhost.example:80/", "localhost.example"),
        ("http://10.0.0.1/", "10.0.0.1"),
    ],
)
def test_another_machine_has_to_be_named(address: str, host: str) -> None:
    assert list(beyond([address])) == [host]
    with pytest.raises(InputError, match=f"--remote {host}"):
        refuse_beyond([address], ["other.example"])
    refuse_beyond([address], [host])


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/", "127.0.0.1", "http:///x"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="is no address"):
        refuse_beyond([address], [])


def test_a_redirect_to_another_machine_is_not_followed(resources: Resources) -> None:
    found = asked(index("leads-away"), resources, upload("accepted"))["accepted"]
    assert found.outcome is Verdict.ERROR
    assert "another machine" in found.reason


def is_there(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def staying() -> Iterator[Index]:
    """Return an index that runs already, and outlives what is asked of it."""
    (port,) = free_ports(1)
    here = f"http://127.0.0.1:{port}/"
    command = (sys.executable, str(FAKE_TOOLS / "index_server.py"), str(port))
    with subprocess.Popen(command) as server:
        while not is_there(port):
            assert server.poll() is None
            time.sleep(0.05)
        page = f"{here}simple/{{project}}/"
        yield Index(ready=f"{here}simple/", upload=here, page=page, seconds=30)
        server.terminate()


def test_an_index_that_stays_answers_alike_in_every_run(
    staying: Index, resources: Resources
) -> None:
    """Its projects have other names, and so its wheels have other hashes."""
    questions = (
        upload("named", Became.REFUSED, tag="linux_x86_64"),
        upload("hashed", Became.REFUSED, after=GOOD),
    )
    first, second = (
        asked(
            staying,
            dataclasses.replace(resources, folder=resources.folder / folder),
            *questions,
        )
        for folder in ("first", "second")
    )
    assert first == second
    assert "probe-1.0-py3-none-linux_x86_64.whl" in first["named"].reason
    assert "exists with HASH" in first["hashed"].reason


def test_every_run_of_an_index_that_stays_uses_another_project(
    resources: Resources,
) -> None:
    kept = dataclasses.replace(resources, folder=resources.folder / "kept")
    assert asked(index(), kept, upload("accepted"))["accepted"].answer == "accepted"
