"""A run that is killed: what it has begun and left goes with the next one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from manylinux_conformance.tools.selection import Tool

MakeTool = Callable[..., Tool]
LATE = 120  # seconds, of which a busy machine may need many


def start(tmp_path: Path) -> subprocess.Popen[bytes]:
    """Start a run of the made-up installer on a model, without an engine."""
    program = Path(sys.executable).with_name("manylinux-conformance")
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    own = {
        "TMPDIR": str(scratch),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "DOCKER_HOST": f"unix://{tmp_path}/none",
    }
    return subprocess.Popen(
        [
            *(program, "run", f"--tool={tmp_path / 'fake.toml'}", "--modelled"),
            *("--platform=glibc-2.36", "--case=installer.glibc.at-least/*"),
            f"--output={tmp_path / 'output'}",
        ],
        env=os.environ | own,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def tools_in(folder: Path) -> list[str]:
    """Return the processes whose current folder is in one."""
    links = Path("/proc").glob("[0-9]*/cwd")
    return [str(each) for each in links if str(folder) in os.path.realpath(each)]


def test_folders_and_tools_of_a_killed_run_go_with_the_next(
    tmp_path: Path, make_installer: MakeTool
) -> None:
    scratch = tmp_path / "scratch"
    make_installer("hang", seconds=600)
    with start(tmp_path) as killed:
        deadline = time.monotonic() + LATE
        while not tools_in(scratch):
            assert killed.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        killed.kill()
    assert list(scratch.iterdir())
    assert tools_in(scratch)
    make_installer("any")
    with start(tmp_path) as following:
        assert following.wait(LATE) == 1  # it takes no other wheel, rightly or not
    assert list(scratch.iterdir()) == []
    assert tools_in(scratch) == []
