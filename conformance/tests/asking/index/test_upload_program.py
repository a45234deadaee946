"""twine and uv upload, and the index's answer is found in what they say."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.asking.index.client import IndexClient, NoAnswerError
from manylinux_conformance.asking.index.server import free_ports
from manylinux_conformance.asking.index.upload_program import KINDS, UploadProgram
from manylinux_conformance.asking.index.uploaded_wheel import made_up
from manylinux_conformance.asking.index.visit import IndexVisit
from manylinux_conformance.questions.answer import Answer
from manylinux_conformance.questions.upload import Became, Client, Look, Upload
from manylinux_conformance.results.verdicts import Verdict
from tests.builders import FAKE_TOOLS

SECONDS = 60
GOOD, BAD = "manylinux_2_17_x86_64", "manylinux2025_x86_64"
PROGRAMS = Path(sys.executable).parent  # where the tests' own twine and uv are
EACH = pytest.mark.parametrize("client", KINDS)


def visit(port: int, home: Path) -> IndexVisit:
    here = f"http://127.0.0.1:{port}/"
    variables = {"PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8"}
    return IndexVisit(
        IndexClient(here, f"{here}simple/{{project}}/", "me", "secret", SECONDS),
        settle=0,
        programs={
            name: UploadProgram(kind, PROGRAMS, variables)
            for name, kind in KINDS.items()
        },
    )


def is_ready(index: IndexVisit) -> bool:
    try:
        return index.client.files("probe") is None
    except NoAnswerError:
        return False


@pytest.fixture
def faults() -> tuple[str, ...]:
    return ()


@pytest.fixture
def index(faults: tuple[str, ...], tmp_path: Path) -> Iterator[IndexVisit]:
    """Return an index that runs, perhaps with faults."""
    (port,) = free_ports(1)
    command = (sys.executable, str(FAKE_TOOLS / "index_server.py"), str(port), *faults)
    with subprocess.Popen(command) as server:
        found = visit(port, tmp_path)
        while not is_ready(found):
            time.sleep(0.05)
        yield found
        server.terminate()


def answer(index: IndexVisit, client: Client, **fields: object) -> Answer:
    case = Upload(rule="index.rule", name=client, expect=Became.EITHER, client=client)
    question = next(msgspec.structs.replace(case, **fields).each_arch())
    return index.answer(question, made_up(question, "probe", "1.0"))


@EACH
def test_what_a_program_uploads_is_accepted(index: IndexVisit, client: Client) -> None:
    assert answer(index, client) == Answer(None, Became.ACCEPTED)


@EACH
def test_the_words_of_a_refusal_are_the_index_s_own(
    index: IndexVisit, client: Client
) -> None:
    found = answer(index, client, tag=BAD, look=Look.REFUSAL)
    assert found.answer == Became.REFUSED
    assert f"has the unsupported tag {BAD}" in found.reason


@EACH
@pytest.mark.parametrize(
    ("same_bytes", "became"), [(True, Became.ACCEPTED), (False, Became.REFUSED)]
)
def test_a_program_uploads_twice(
    index: IndexVisit, client: Client, same_bytes: bool, became: Became
) -> None:
    assert answer(index, client, after=GOOD, same_bytes=same_bytes).answer == became


@EACH
@pytest.mark.parametrize("faults", [("mute",)])
def test_that_a_program_names_the_file_is_no_merit_of_the_index(
    index: IndexVisit, client: Client
) -> None:
    found = answer(index, client, tag=BAD, look=Look.REFUSAL)
    assert found.answer == "refused, without naming file and tag"


@EACH
@pytest.mark.parametrize("faults", [("silent",)])
def test_a_program_that_believes_the_index_does_not_decide(
    index: IndexVisit, client: Client
) -> None:
    assert answer(index, client).answer == "told 200, and not listed"


@EACH
def test_a_program_that_was_told_nothing_gives_no_answer(
    client: Client, tmp_path: Path
) -> None:
    (port,) = free_ports(1)
    found = answer(visit(port, tmp_path), client)
    assert found.outcome is Verdict.ERROR
    assert client in found.reason
