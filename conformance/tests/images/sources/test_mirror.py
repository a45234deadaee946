"""With mmdebstrap itself on a mirror of three tiny packages, and with made-up ones."""

import hashlib
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.errors import SuiteError
from manylinux_conformance.images.engines.interruption import Interrupted, Interruption
from manylinux_conformance.images.sources.mirror import root_file_system
from manylinux_conformance.platforms.catalogue import Container
from tests.images.conftest import MakeContainer
from tests.images.debian_archive import PROGRAMS, Suite, needed, write_suite

OnPath = Callable[..., Path]


def steps(_: str) -> None:
    """Say nothing."""


def made(container: Container, mirror: str = "") -> list[str]:
    """Return the names in a root file system made for a platform."""
    with (
        root_file_system(container, mirror, steps, Interruption()) as root,
        tarfile.open(root) as tar,
    ):
        return tar.getnames()


def refused(container: Container, mirror: str = "") -> SuiteError:
    with pytest.raises(SuiteError) as caught:
        made(container, mirror)
    return caught.value


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a mirror of what is always taken, for s390x, unsigned."""
    needed(*PROGRAMS)
    folder = tmp_path_factory.mktemp("mirror")
    folder.chmod(0o755)
    write_suite(folder, Suite("bookworm", ("s390x",)))
    return folder


def test_a_root_file_system_is_put_together_from_a_mirror(
    mirror: Path, make_container: MakeContainer
) -> None:
    line = f"deb [trusted=yes] copy:{mirror} bookworm main"
    names = made(make_container(), line)
    assert {"./usr/bin/python3", "./usr/lib/libstdc++.so.6"} <= set(names)


def test_the_same_packages_are_the_same_root_file_system(
    mirror: Path, make_container: MakeContainer
) -> None:
    line = f"deb [trusted=yes] copy:{mirror} bookworm main"
    digests = set()
    for _ in range(2):
        with root_file_system(make_container(), line, steps, Interruption()) as root:
            digests.add(hashlib.sha256(root.read_bytes()).hexdigest())
        time.sleep(1)  # a tar file counts whole seconds
    assert len(digests) == 1


def test_a_mirror_that_nobody_signed_is_refused_with_advice(
    mirror: Path, make_container: MakeContainer
) -> None:
    error = refused(make_container(), f"deb copy:{mirror} bookworm main")
    assert "mmdebstrap: " in error.reason
    assert "this machine does not know the key: install a newer" in error.reason


def test_a_mirror_that_is_not_there_is_refused(
    mirror: Path, make_container: MakeContainer
) -> None:
    line = f"deb [trusted=yes] copy:{mirror}/none bookworm main"
    assert refused(make_container(), line).reason.startswith("mmdebstrap: ")


def program(*lines: str, release: str = "bookworm") -> str:
    """Return a made-up mmdebstrap that writes the file it is asked for."""
    return "\n".join(
        (
            "#!/usr/bin/env python3",
            "import io, os, signal, sys, tarfile, time",
            "out = next(a for a in sys.argv[1:] if a.endswith('.tar'))",
            "suite = sys.argv[sys.argv.index(out) - 1]",
            f"text = b'VERSION_CODENAME={release}'",
            "member = tarfile.TarInfo('./usr/lib/os-release')",
            "member.size = len(text)",
            *lines,
            "with tarfile.open(out, 'w') as tar:",
            "    tar.addfile(member, io.BytesIO(text))",
        )
    )


def said(text: str, status: int = 1) -> str:
    return f"print({text!r}, file=sys.stderr); sys.exit({status})"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (said("E: first\nE: last"), "mmdebstrap: first"),
        (said("nothing", 3), "mmdebstrap: exit status 3"),
        (said("W: \\xff"), "mmdebstrap: exit status 1"),
        (said("E: NO_PUBKEY 0123"), "install a newer keyring"),
    ],
)
def test_why_mmdebstrap_fails_is_told(
    make_container: MakeContainer, on_path: OnPath, line: str, words: str
) -> None:
    on_path("mmdebstrap", program(line))
    assert words in refused(make_container()).reason


def test_a_release_names_its_keyring(
    make_container: MakeContainer, on_path: OnPath
) -> None:
    on_path("mmdebstrap", program(said("E: the repository is not signed")))
    container = make_container()
    release = msgspec.structs.replace(container.release, name="debian-99")
    error = refused(Container(release, container.arch))
    assert error.reason.endswith("install a newer debian-archive-keyring")


def test_a_full_disk_is_told(make_container: MakeContainer, on_path: OnPath) -> None:
    on_path("mmdebstrap", program(said("tar: x: No space left on device\nE: tar")))
    assert (
        str(refused(make_container())) == f"{tempfile.gettempdir()}: the disk is full"
    )


def test_a_missing_mmdebstrap_is_told_with_what_installs_it(
    make_container: MakeContainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    error = refused(make_container())
    assert str(error) == "mmdebstrap: is not installed; run: apt-get install mmdebstrap"


SYNC = "if suite == 'bookworm': " + said("E: unexpected size. Mirror sync in progress?")


def test_a_mirror_between_two_states_is_asked_for_the_release_by_its_other_name(
    make_container: MakeContainer, on_path: OnPath
) -> None:
    on_path("mmdebstrap", program(SYNC))
    assert made(make_container(alias="oldstable")) == ["./usr/lib/os-release"]
    assert "Mirror sync in progress" in refused(make_container()).reason


def test_another_release_under_that_name_is_refused(
    make_container: MakeContainer, on_path: OnPath
) -> None:
    on_path("mmdebstrap", program(SYNC, release="trixie"))
    error = refused(make_container(alias="oldstable"))
    assert error.reason == "the mirror has trixie, not bookworm"


def test_a_tree_without_a_release_is_refused(
    make_container: MakeContainer, on_path: OnPath
) -> None:
    on_path("mmdebstrap", program("member.name = 'other'"))
    assert "has no code name, not bookworm" in refused(make_container()).reason
    on_path("mmdebstrap", program("text = b''; member.size = 0"))
    assert "has no code name, not bookworm" in refused(make_container()).reason


def test_what_is_no_tar_is_refused(
    make_container: MakeContainer, on_path: OnPath
) -> None:
    on_path("mmdebstrap", program("open(out, 'w').write('no tar'); sys.exit(0)"))
    assert "mmdebstrap made no tar" in refused(make_container()).reason


def test_only_steps_of_interest_are_told(
    make_container: MakeContainer, on_path: OnPath
) -> None:
    lines = "I: running apt-get update...\nI: done\nW: strange"
    on_path("mmdebstrap", program(f"print({lines!r}, file=sys.stderr)"))
    told: list[str] = []
    with root_file_system(make_container(), "", told.append, Interruption()):
        assert told == ["running apt-get update"]


@pytest.mark.parametrize("stubborn", [False, True])
def test_an_interruption_ends_mmdebstrap_and_leaves_nothing(
    make_container: MakeContainer,
    on_path: OnPath,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    stubborn: bool,
) -> None:
    monkeypatch.setattr(
        "manylinux_conformance.images.engines.interruption.TERMINATION_TIMEOUT",
        1 if stubborn else 10,
    )
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(work))
    ignore = "signal.signal(signal.SIGTERM, signal.SIG_IGN)" if stubborn else ""
    step = "print('I: running apt-get update...', file=sys.stderr, flush=True)"
    on_path("mmdebstrap", program(ignore, step, "time.sleep(60)"))
    interruption, begun = Interruption(), threading.Event()

    def interrupt() -> None:
        begun.wait()
        interruption.happen()

    thread = threading.Thread(target=interrupt)
    thread.start()
    start = time.monotonic()
    with (
        pytest.raises(Interrupted),
        root_file_system(make_container(), "", lambda _: begun.set(), interruption),
    ):
        pytest.fail("there is no root file system")
    thread.join()
    assert time.monotonic() - start < 20
    assert list(work.iterdir()) == []


def test_nothing_begins_after_an_interruption(
    make_container: MakeContainer, on_path: OnPath
) -> None:
    on_path("mmdebstrap", program("time.sleep(60)"))
    interruption = Interruption()
    interruption.happen()
    with pytest.raises(Interrupted):
        interruption.heeding(steps)("a step")
    with (
        pytest.raises(Interrupted),
        root_file_system(make_container(), "", steps, interruption),
    ):
        pytest.fail("there is no root file system")
