"""The mirror source: root file systems put together from a distribution's mirror."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from manylinux_conformance.errors import (
    DISK_FULL,
    FetchError,
    MissingProgramError,
    is_disk_full,
)
from manylinux_conformance.images.engines.interruption import Interruption
from manylinux_conformance.platforms.catalogue import Container

PROGRAM = "mmdebstrap"
INSTALL = f"apt-get install {PROGRAM}"
# base-files has the links from /lib to /usr/lib, without which no loader is found.
PACKAGES = ("base-files", "python3", "libstdc++6")
# What the release itself has changes with point releases only.
RELEASE_ONLY = (
    "find \"$1/etc/apt\" -name '*.list' -exec"
    " sed -i -e /-updates/d -e /-security/d {} +"
)
OPTIONS = (
    "--variant=extract",  # unpacks only, so that no foreign program has to run
    "--format=tar",
    # An archived mirror's lists have run out; they are signed all the same.
    '--aptopt=Acquire::Check-Valid-Until "false"',
    f"--setup-hook={RELEASE_ONLY}",
)
STEPS = ("running apt-get", "downloading", "extracting", "creating")  # worth telling
OUT_OF_STEP = "Mirror sync in progress"  # apt: lists that are not those that are signed
UNKNOWN_KEY = ("NO_PUBKEY", "is not signed", "no keyring")
KEYRINGS = {"debian": "debian-archive-keyring", "ubuntu": "ubuntu-keyring"}
# What apt shows of a network that is down.
NO_NETWORK = re.compile(
    r"Could not connect|Unable to connect|Could not resolve|Temporary failure resolving"
    r"|Connection failed|Connection timed out|Network is unreachable"
)
OS_RELEASE = ("./usr/lib/os-release", "./etc/os-release")
LARGEST_OS_RELEASE = 1 << 16  # bytes
NOT_YET = dt.date(2020, 1, 1)  # stands for the date of what is still to be released


class OutOfStepError(FetchError):
    """A mirror is between two states of a release."""


@contextmanager
def root_file_system(
    container: Container,
    mirror: str,
    say: Callable[[str], None],
    interruption: Interruption,
) -> Iterator[Path]:
    """Make a root file system with Python and yield it as a tar file.

    ``mirror`` is what mmdebstrap takes as one; empty: its own default.
    Nothing of the architecture is run.
    Raises MissingProgramError without mmdebstrap, FetchError with its reason if it
    fails, and Interrupted.
    """
    release = container.release
    with interruption.folder() as folder:
        folder.chmod(0o755)  # apt downloads as a user of its own
        tar = folder / "root.tar"
        make = _Make(container, mirror, tar, say, interruption)
        try:
            make.run(release.suite)
        except OutOfStepError:
            if not release.alias:
                raise
            say(f"the mirror is between two states; trying its {release.alias!r}")
            make.run(release.alias)
        _check_release(tar, container)
        yield tar


class _Make:
    """One root file system in the making."""

    def __init__(
        self,
        container: Container,
        mirror: str,
        tar: Path,
        say: Callable[[str], None],
        interruption: Interruption,
    ) -> None:
        self.container = container
        self.mirror = mirror
        self.tar = tar
        self.say = say
        self.interruption = interruption

    def run(self, suite: str) -> None:
        """Run mmdebstrap, telling what it does; its ``E:`` lines are its reason."""
        said: list[str] = []
        try:
            with (
                subprocess.Popen(
                    self._command(suite),
                    cwd=self.tar.parent,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    text=True,
                    errors="replace",
                    env=self._variables(),
                    process_group=0,
                ) as process,
                self.interruption.watching(process),
            ):
                for line in process.stderr or ():
                    said.append(line.strip())
                    step = said[-1].removeprefix("I: ").removesuffix("...")
                    if step.startswith(STEPS):
                        self.say(step)
        except FileNotFoundError as error:
            raise MissingProgramError(PROGRAM, "is not installed", INSTALL) from error
        if process.returncode:
            raise _failed(self.container, said, process.returncode)

    def _variables(self) -> dict[str, str]:
        """Return mmdebstrap's variables; no file is newer than the release.

        Else the moment of the preparation would be in the image.
        """
        released = self.container.release.released or NOT_YET
        moment = dt.datetime.combine(released, dt.time(), dt.UTC)
        epoch = str(int(moment.timestamp()))
        own = {"TMPDIR": str(self.tar.parent), "SOURCE_DATE_EPOCH": epoch}
        return {**os.environ, **own}

    def _command(self, suite: str) -> list[str]:
        packages = ",".join((*PACKAGES, *self.container.release.packages))
        return [
            PROGRAM,
            *OPTIONS,
            f"--architectures={self.container.arch.debian}",
            f"--include={packages}",
            suite,
            str(self.tar),
            *filter(None, (_absolute(self.mirror),)),
        ]


def _absolute(mirror: str) -> str:
    """Return a mirror as it is named from any folder; it may be a file of lines."""
    return str(Path(mirror).resolve()) if Path(mirror).is_file() else mirror


def _failed(container: Container, said: list[str], status: int) -> FetchError:
    everything = "\n".join(said)
    if is_disk_full(everything):
        return FetchError(tempfile.gettempdir(), DISK_FULL)
    if NO_NETWORK.search(everything):
        return FetchError(container.name, "the mirror cannot be reached")
    errors = [line[3:] for line in said if line.startswith("E: ")]
    reason = errors[0] if errors else f"exit status {status}"
    if OUT_OF_STEP in everything:
        return OutOfStepError(container.name, f"{PROGRAM}: {reason}")
    if any(words in everything for words in UNKNOWN_KEY):
        keyring = KEYRINGS.get(container.release.name.partition("-")[0], "keyring")
        reason += f"; this machine does not know the key: install a newer {keyring}"
    return FetchError(container.name, f"{PROGRAM}: {reason}")


def _check_release(tar: Path, container: Container) -> None:
    """Raise FetchError unless a root file system is of the release it should be."""
    wanted = container.release.suite
    try:
        found = _code_name(tar)
    except (tarfile.TarError, OSError) as error:
        raise FetchError(container.name, f"{PROGRAM} made no tar: {error}") from error
    if found != wanted:
        reason = f"the mirror has {found or 'no code name'}, not {wanted}"
        raise FetchError(container.name, reason)


def _code_name(tar: Path) -> str:
    with tarfile.open(tar, "r:") as archive:
        for member in archive:
            if member.name in OS_RELEASE and (file := archive.extractfile(member)):
                text = file.read(LARGEST_OS_RELEASE).decode(errors="replace")
                for line in text.splitlines():
                    key, _, value = line.partition("=")
                    if key == "VERSION_CODENAME":
                        return value.strip('"')
    return ""
