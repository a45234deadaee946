"""Corrected tools: with one line changed, the same script gives the other answer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.reproduce.conftest import Cached, Reproduced, RunScript

RIGHT, WRONG = 0, 1
LEGACY = "if legacy_tag := _LEGACY_MANYLINUX_MAP.get(glibc_version):"
NOT_FOR_ARMV8L = f'if arch != "armv8l" and ({LEGACY[3:-1]}):'


@pytest.mark.parametrize(
    ("tool", "case", "platform", "file", "line", "mended", "right"),
    [
        pytest.param(
            "pip==26.3",
            "tag.legacy.manylinux2014/named-for-armv8l",
            "armv8l",
            "pip/_vendor/packaging/_manylinux.py",
            LEGACY,
            NOT_FOR_ARMV8L,
            "any",
            id="pip",
        ),
        pytest.param(
            "dep-logic==0.7.2",
            "installer.order.linux/linux-before-a-legacy-tag",
            "glibc-2.17",
            "dep_logic/tags/platform.py",
            'platform_tags.append(f"linux_{arch}")',
            'platform_tags.insert(0, f"linux_{arch}")',
            "linux_x86_64",
            id="dep-logic",
        ),
        pytest.param(
            "auditwheel==6.8.2",
            "wheel.contents.any-name/new-elf-named-py",
            "x86_64",
            "auditwheel/elfutils.py",
            'if path.name.endswith(".py"):',
            "if False:",
            "violates",
            id="auditwheel",
        ),
    ],
)
def test_a_corrected_tool_gives_the_expected_answer(
    tool: str,
    case: str,
    platform: str,
    file: str,
    line: str,
    mended: str,
    right: str,
    tmp_path: Path,
    cached: Cached,
    reproduced: Reproduced,
    run_script: RunScript,
) -> None:
    installed = cached(tool)
    folder = reproduced(case, tool, platform)
    before = run_script(folder, installed)

    # The packages, or the environment whose programs are named.
    place = installed.packages or installed.programs
    assert place
    original = installed.packages or place.parent
    copy = tmp_path / "corrected"
    shutil.copytree(original, copy, symlinks=True)
    packages = copy if installed.packages else copy / installed.interpreter.purelib
    source = (packages / file).read_text()
    assert line in source
    (packages / file).write_text(source.replace(line, mended))
    after = run_script(folder, installed, copy / place.relative_to(original))

    assert before.status == WRONG, before.output
    assert before.answer != right
    assert (after.status, after.answer) == (RIGHT, right), after.output
