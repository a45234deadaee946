"""A made-up installer that behaves, or misbehaves in the way its first argument names.

python installer.py WAY LINKS REQUIREMENTS TARGET
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

Way = Callable[[Path, list[str], Path], None]

THIRD = 3
SLEEPER = "import time; time.sleep(600)"


def wheels_of(project: str, links: Path) -> list[Path]:
    return sorted(links.glob(f"{project}-*.whl"))


def unpack(wheel: Path, target: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)


def install_any(links: Path, projects: list[str], target: Path) -> None:
    for project in projects:
        unpack(links / f"{project}-1-py3-none-any.whl", target)


def install_last(links: Path, projects: list[str], target: Path) -> None:
    for project in projects:
        unpack(wheels_of(project, links)[-1], target)


def install_both(links: Path, projects: list[str], target: Path) -> None:
    for project in projects:
        for wheel in wheels_of(project, links):
            unpack(wheel, target)


def fail_halfway(links: Path, projects: list[str], target: Path) -> None:
    install_any(links, projects[:1], target)
    sys.exit("error: cannot go on")


def refuse(*_: object) -> None:
    sys.exit("error: see /some/where/else.log")


def refuse_platform(links: Path, projects: list[str], target: Path) -> None:
    """Refuse an environment with a ``_manylinux`` module, whatever that says."""
    if importlib.util.find_spec("_manylinux") is None:
        install_any(links, projects, target)
        return
    sys.exit(
        "warning: nothing\n  the machine of /this/place is not supported: \x1b vax"
    )


def refuse_tagged(links: Path, projects: list[str], target: Path) -> None:
    """Refuse a whole folder in which anything but py3-none-any wheels lies."""
    if any(not wheel.stem.endswith("-any") for wheel in links.iterdir()):
        sys.exit("error: strange file name")
    install_any(links, projects, target)


def ask_module(links: Path, projects: list[str], target: Path) -> None:
    with contextlib.suppress(ImportError):
        importlib.import_module("_manylinux")
    install_any(links, projects, target)


def unpack_itself(links: Path, projects: list[str], target: Path) -> None:
    """Say what is at home, and leave a program there and what was found out."""
    home = Path(os.environ["HOME"])
    sys.stderr.write(" ".join(sorted(each.name for each in home.iterdir())))
    for name in ("program", "found-out"):
        (home / name / "inside").mkdir(parents=True, exist_ok=True)
    install_any(links, projects, target)


def with_culprits(what: Callable[[], None]) -> Way:
    def install(links: Path, projects: list[str], target: Path) -> None:
        for project in projects:
            if any("culprit" in wheel.name for wheel in wheels_of(project, links)):
                what()
        install_any(links, projects, target)

    return install


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def hang(*_: object) -> None:
    subprocess.Popen([sys.executable, "-c", SLEEPER])
    time.sleep(600)


def leave_child(links: Path, projects: list[str], target: Path) -> None:
    """Go, and leave a process behind that holds the output open."""
    install_any(links, projects, target)
    child = subprocess.Popen([sys.executable, "-c", SLEEPER])
    Path(os.environ["CHILD"]).write_text(str(child.pid))


def shout(links: Path, projects: list[str], target: Path) -> None:
    install_any(links, projects, target)
    for _ in range(40):
        os.write(1, b"\xff\x00 noise " * 100_000)
        os.write(2, b"\xff\x00 noise " * 100_000)


def write_in_links(links: Path, projects: list[str], target: Path) -> None:
    install_any(links, projects, target)
    (links / "stray").touch()


def write_beside(links: Path, projects: list[str], target: Path) -> None:
    install_any(links, projects, target)
    (target.parent / "stray").mkdir()


def compile_beside(links: Path, projects: list[str], target: Path) -> None:
    install_any(links, projects, target)
    compiled = target.parent / "__pycache__"
    compiled.mkdir()
    (compiled / "imported.cpython-311.pyc").touch()


def remove_links(links: Path, projects: list[str], target: Path) -> None:
    install_any(links, projects, target)
    shutil.rmtree(links)


def swap_links(links: Path, projects: list[str], target: Path) -> None:
    install_any(links, projects, target)
    shutil.rmtree(links)
    links.symlink_to(target)


def remove_everything(links: Path, projects: list[str], target: Path) -> None:
    """Remove the target, and with it the whole place in which the tool runs."""
    install_any(links, projects, target)
    shutil.rmtree(target.parents[1])


def tie_knots(_: Path, projects: list[str], target: Path) -> None:
    for project in projects:
        (target / project).symlink_to(project)


def drop_strangers(links: Path, projects: list[str], target: Path) -> None:
    install_any(links, projects, target)
    for project in projects:
        (target / project / "stranger").touch()


def take_turns(links: Path, projects: list[str], target: Path) -> None:
    """Install any wheel in the first run, and the last wheel in the second."""
    turn = Path(os.environ["TURN"])
    install = install_last if turn.exists() else install_any
    turn.touch()
    install(links, projects, target)


def dawdle(links: Path, projects: list[str], target: Path) -> None:
    time.sleep(2)
    install_any(links, projects, target)


def third_waits(links: Path, projects: list[str], target: Path) -> None:
    """Count the runs beside the wheels; the third ends when a fourth has begun."""
    number = next(each for each in range(1, 99) if begin(links.parent / f"run-{each}"))
    while number == THIRD and not (links.parent / f"run-{THIRD + 1}").exists():
        time.sleep(0.02)
    install_any(links, projects, target)


def begin(file: Path) -> bool:
    """Return whether nobody has made the file before."""
    with contextlib.suppress(FileExistsError):
        file.touch(exist_ok=False)
        return True
    return False


def skip_first(links: Path, projects: list[str], target: Path) -> None:
    install_any(links, projects[1:], target)


WAYS: dict[str, Way] = {
    "any": install_any,
    "last": install_last,
    "both": install_both,
    "fail-halfway": fail_halfway,
    "ask-module": ask_module,
    "unpack-itself": unpack_itself,
    "refuse": refuse,
    "refuse-platform": refuse_platform,
    "refuse-tagged": refuse_tagged,
    "refuse-culprits": with_culprits(refuse),
    "crash-at-culprits": with_culprits(crash),
    "hang-at-culprits": with_culprits(hang),
    "hang": hang,
    "leave-child": leave_child,
    "shout": shout,
    "write-in-links": write_in_links,
    "write-beside": write_beside,
    "compile-beside": compile_beside,
    "remove-links": remove_links,
    "swap-links": swap_links,
    "remove-everything": remove_everything,
    "tie-knots": tie_knots,
    "drop-strangers": drop_strangers,
    "by-turns": take_turns,
    "dawdle": dawdle,
    "third-waits": third_waits,
    "skip-first": skip_first,
    "nothing": lambda *_: None,
}


def main() -> None:
    way, links, requirements, target = sys.argv[1:5]
    projects = [
        line.partition("==")[0] for line in Path(requirements).read_text().splitlines()
    ]
    WAYS[way](Path(links), projects, Path(target))


main()
