"""With real processes, of which one is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from manylinux_conformance.temporary_folder import temporary_folder

HOLD = """
import sys
from pathlib import Path
from manylinux_conformance.temporary_folder import temporary_folder
with temporary_folder(Path(sys.argv[1])) as folder:
    (folder / "evidence").write_text("something")
    print(folder, flush=True)
    sys.stdin.read()
"""


def holder(place: Path) -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    return process, Path(process.stdout.readline().strip())


def end(process: subprocess.Popen[str]) -> None:
    process.communicate()


def test_what_a_killed_run_leaves_is_removed_by_the_next(tmp_path: Path) -> None:
    process, folder = holder(tmp_path)
    os.kill(process.pid, signal.SIGKILL)
    end(process)
    assert (folder / "evidence").exists()
    with temporary_folder(tmp_path) as own:
        assert list(tmp_path.iterdir()) == [own]
    assert not list(tmp_path.iterdir())


def test_the_folder_of_a_run_that_lives_stays(tmp_path: Path) -> None:
    process, folder = holder(tmp_path)
    with temporary_folder(tmp_path):
        assert (folder / "evidence").exists()
    end(process)
    assert process.returncode == 0
    assert not folder.exists()


def test_folders_of_others_stay(tmp_path: Path) -> None:
    (tmp_path / "manylinux-notes").mkdir()
    link = tmp_path / "manylinux-conformance-link"
    link.symlink_to(tmp_path / "manylinux-notes")
    with temporary_folder(tmp_path):
        assert link.is_symlink()
    assert (tmp_path / "manylinux-notes").is_dir()
