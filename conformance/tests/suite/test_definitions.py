"""Definitions: read from blocks of their own, and locked like rules."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.errors import InputError
from manylinux_conformance.suite.definitions import Definition, read_definitions
from manylinux_conformance.suite.lock import (
    broken_promises,
    outdated,
    read_lock,
    write_lock,
)

LEVEL = Definition(
    id="term.level", revision=1, text="A *level* is a version.", chapter="a", line=3
)
BLOCK = "# A\n\n:::{definition} term.level\nA *level*\nis a version.\n:::\n"


def chapter(folder: Path, text: str) -> Path:
    (folder / "a.md").write_text(text)
    return folder


def test_definition_is_read_with_its_line_and_revision(tmp_path: Path) -> None:
    assert read_definitions(chapter(tmp_path, BLOCK)) == {"term.level": LEVEL}
    raised = BLOCK.replace("A *level*", ":revision: 2\nA *level*")
    found = read_definitions(chapter(tmp_path, raised))
    assert found == {"term.level": msgspec.structs.replace(LEVEL, revision=2)}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (BLOCK.replace("term.level", "level"), "identifiers read like"),
        (BLOCK.replace("A *level*\nis a version.\n", ""), "says nothing"),
        (BLOCK.removesuffix(":::\n"), "never closed"),
        (BLOCK + BLOCK, "defined twice"),
    ],
)
def test_malformed_definition_is_refused(
    tmp_path: Path, wrong: str, reason: str
) -> None:
    with pytest.raises(InputError, match=rf"a\.md: .*{reason}"):
        read_definitions(chapter(tmp_path, wrong))


def test_bytes_that_are_no_text_do_not_hide_a_definition(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xff\n\n" + BLOCK.partition("\n\n")[2].encode())
    assert read_definitions(tmp_path) == {"term.level": LEVEL}


def test_a_block_ends_where_blanks_follow_its_fence(tmp_path: Path) -> None:
    blanks = BLOCK.replace(":::\n", ":::  \n") + "Not of it.\n"
    assert read_definitions(chapter(tmp_path, blanks)) == {"term.level": LEVEL}


def test_changed_definition_needs_a_raised_revision(tmp_path: Path) -> None:
    write_lock({LEVEL.id: LEVEL}, tmp_path)
    locked = read_lock(tmp_path)
    assert list(outdated({LEVEL.id: LEVEL}, locked)) == []
    changed = msgspec.structs.replace(LEVEL, text="A *level* is a release.")
    (finding,) = broken_promises({LEVEL.id: changed}, locked, {})
    assert "A *level* is a [-version.-] {+release.+}" in finding.message
    raised = msgspec.structs.replace(changed, revision=2)
    assert list(broken_promises({LEVEL.id: raised}, locked, {})) == []
