"""A run: no tool is graded on a platform that the shim fails to show."""

from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.platforms.platform import Platform
from manylinux_conformance.questions.parse import Parse
from manylinux_conformance.results.blocks import Block
from manylinux_conformance.results.verdicts import Role, Verdict
from manylinux_conformance.roles.tag_library import TagLibrary
from manylinux_conformance.run.pipeline import run
from manylinux_conformance.run.settings import Settings
from manylinux_conformance.sandbox import shim_build
from manylinux_conformance.sandbox.shim_build import ShimError
from manylinux_conformance.suite.load import Suite
from manylinux_conformance.suite.rules import Subject
from manylinux_conformance.tools.adapters import Adapter
from manylinux_conformance.tools.selection import Tool
from tests.builders import platform, rule

WORKS = platform(arch="s390x", machine="s390x")


def asked_on(*platforms: Platform, folder: Path) -> Block:
    """Put one question to a library that calls every tag valid."""
    form = rule(subjects=(Subject.TAG_LIBRARY,))
    case = Parse(rule=form.id, name="valid", tag="manylinux_2_17_x86_64", valid=True)
    says = "import sys\nfor line in sys.stdin: print('{\"valid\": true}', flush=True)"
    adapter = Adapter(
        name="yes",
        roles=(Role.TAG_LIBRARY,),
        tables={Role.TAG_LIBRARY: TagLibrary(command=("{python}", "-c", says))},
    )
    told: list[str] = []

    def note(words: str, done: int, total: int) -> None:
        told.append(f"{words} {done} of {total}")

    (block,) = run(
        Suite({form.id: form}, (case,), platforms, lock_digest=""),
        [Tool(adapter, "", ())],
        adapter.roles,
        Settings(folder / "cache", folder / "work", jobs=2, offline=True),
        note,
    )
    assert told == [f"yes as tag-library {done} of 1" for done in (0, 1)]
    return block


def test_no_tool_is_graded_where_the_model_does_not_work(tmp_path: Path) -> None:
    fails = msgspec.structs.replace(WORKS, name="long-name", machine="m" * 65)

    block = asked_on(WORKS, fails, folder=tmp_path)

    assert [(one.platform, one.verdict) for one in block.results] == [
        ("glibc-2.17", Verdict.PASS)
    ]
    (missing,) = block.not_run
    assert missing.platforms == ("long-name",)
    assert missing.reason.startswith("the model does not work: os.uname says")


def test_shim_that_cannot_be_built_stops_the_run_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shim_build, "ARCHITECTURES", {})

    with pytest.raises(ShimError, match="there is no shim for this architecture"):
        asked_on(WORKS, folder=tmp_path)
