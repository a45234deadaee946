"""Every cause on file: a script that needs the tool alone finds the same answer.

A few of them are asked here, all of them by ``nox -s reproduce``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from manylinux_conformance.corpus.manifest import Corpus
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.reproduce.folder import write_folder
from manylinux_conformance.reproduce.subject import Subject, find_subject
from manylinux_conformance.results.blocks import read_blocks
from manylinux_conformance.results.lines import Result
from manylinux_conformance.results.verdicts import DIFFERING, Role, Verdict
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.tools.causes import Cause, one_of
from manylinux_conformance.tools.deviations import read_all_deviations
from manylinux_conformance.tools.selection import Tool, choose_tools
from tests.reproduce.conftest import Cached, RunScript, Said

# One of each way of asking; together they take half a minute of a busy machine.
USUAL = {
    ("auditwheel", "py-files-not-opened"),
    ("auditwheel", "wheel-left-after-failed-repair"),
    ("packaging", "minor-50-for-older-majors"),
    ("pip", "lower-end-of-the-list"),
    ("uv", "veto-asked-once"),
}
RIGHT, WRONG, UNANSWERED = 0, 1, 2
CONTAINER = f"debian-12-{os.uname().machine}"


def causes() -> Iterator[object]:
    """Yield the causes that show in the newest version of a tool."""
    for name, found in read_all_deviations(data_folder("deviations")).items():
        tool = choose_tools([name])[-1]
        if tool.adapter.roles == (Role.INDEX,):
            continue  # an index is asked by uploads to a server, and by no script
        for cause in found:
            if one_of(tool.version, cause.versions):
                usual = (name, cause.id) in USUAL
                marks = () if usual else (pytest.mark.every_cause,)
                yield pytest.param(tool, cause, id=f"{name}-{cause.id}", marks=marks)


def differences(tool: Tool, cause: Cause) -> Iterator[tuple[Role, Result]]:
    """Yield the answers on file, given on this machine, in which a cause shows."""
    for role in tool.adapter.roles:
        name = f"{role}-{tool.adapter.name}-{tool.version}.jsonl"
        path = data_folder("results") / name
        for block in read_blocks(path) if path.exists() else ():
            for result in block.results:
                shows = result.verdict in DIFFERING and not result.draft
                if (
                    shows
                    and not block.header.platform
                    and cause.covers(result, tool.version, role)
                ):
                    yield role, result


def subject_of(
    suite: Suite, tool: Tool, cause: Cause, built: Callable[[], Corpus]
) -> Subject:
    """Return one question in which a cause shows, as it is asked today."""
    asked = {
        (case.id, each.name)
        for case in suite.cases
        for each in suite.platforms
        if case.platform.selects(each)
    }
    named = f"{tool.adapter.name}=={tool.version}"
    for role, result in differences(tool, cause):
        if role is Role.AUDITOR or (result.case, result.where) in asked:
            subject = find_subject(suite, result.case, named, result.where, built)
            if role is Role.AUDITOR or subject.question.expected == result.expected:
                return subject
    pytest.skip("no answer on file is one to a question as it is today")


def no_corpus() -> Corpus:
    raise AssertionError("an installer is asked about no fixture wheel")


def needs_image(name: str) -> None:
    docker = shutil.which("docker")
    command = (str(docker), "image", "inspect", "--format={{.Id}}", name)
    if docker is None or subprocess.run(command, check=False).returncode:
        pytest.skip(f"there is no image {name}")


@pytest.mark.parametrize(("tool", "cause"), list(causes()))
def test_the_script_finds_the_answer_on_file(
    tool: Tool,
    cause: Cause,
    suite: Suite,
    tmp_path: Path,
    built: Callable[[], Corpus],
    cached: Cached,
    run_script: RunScript,
) -> None:
    installed = cached(f"{tool.adapter.name}=={tool.version}")
    subject = subject_of(suite, tool, cause, built)
    write_folder(subject, tmp_path / "reproduced")

    finds_the_answer_on_file(subject, run_script(tmp_path / "reproduced", installed))


@pytest.mark.parametrize(
    ("tool", "case"),
    [
        ("pip==26.3", "installer.glibc.below-floor/smaller-major"),
        ("uv==0.13.9", "installer.order.linux/linux-before-the-newest-manylinux"),
    ],
)
def test_the_script_of_a_container_finds_it_in_the_prepared_image(
    tool: str,
    case: str,
    suite: Suite,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cached: Cached,
    run_script: RunScript,
) -> None:
    subject = find_subject(suite, case, tool, CONTAINER, no_corpus)
    assert subject.place.container
    needs_image(subject.place.container.image)
    monkeypatch.setenv("IMAGE", subject.place.container.image)
    write_folder(subject, tmp_path / "reproduced")

    said = run_script(tmp_path / "reproduced", cached(tool))

    finds_the_answer_on_file(subject, said)


def finds_the_answer_on_file(subject: Subject, said: Said) -> None:
    assert subject.recorded
    result = subject.recorded.result
    if result.verdict is Verdict.FAIL:
        assert (said.status, said.answer) == (WRONG, result.answer), said.output
    else:
        assert said.status == UNANSWERED, said.output
