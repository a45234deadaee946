"""The mirror source: root file systems put together from a Debian mirror."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from manylinux_conformance.containers.catalogue import Container
from manylinux_conformance.input_error import InputError

PROGRAM = "mmdebstrap"
ADVICE = f"is not installed; run: apt-get install {PROGRAM}"
# base-files has the links from /lib to /usr/lib, without which no loader is found.
PACKAGES = ("base-files", "python3", "libstdc++6")
OPTIONS = (
    "--variant=extract",  # unpacks only, so that no foreign program has to run
    "--format=tar",
    # An archived mirror's lists have run out; they are signed all the same.
    '--aptopt=Acquire::Check-Valid-Until "false"',
    # Only the release itself: what it has changes with point releases only.
    "--setup-hook=find \"$1/etc/apt\" -name '*.list' -exec"
    " sed -i -e /-updates/d -e /-security/d {} +",
)


@contextmanager
def root_file_system(
    container: Container, mirror: str, progress: Callable[[str], None]
) -> Iterator[Path]:
    """Make a root file system with Python and yield it as a tar file.

    ``mirror`` is what mmdebstrap takes as one; empty: its own default.
    Nothing of the architecture is run.  Raises InputError with mmdebstrap's reason.
    """
    with tempfile.TemporaryDirectory(prefix="mirror-") as folder:
        tar = Path(folder) / "root.tar"
        packages = ",".join((*PACKAGES, *container.release.packages))
        command = [
            PROGRAM,
            *OPTIONS,
            f"--architectures={container.arch.debian}",
            f"--include={packages}",
            container.release.suite,
            str(tar),
            *filter(None, (mirror,)),
        ]
        _run(command, container.name, progress)
        yield tar


def _run(command: list[str], name: str, progress: Callable[[str], None]) -> None:
    """Run mmdebstrap, telling what it does; its ``E:`` lines are its reason."""
    errors: list[str] = []
    try:
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        ) as process:
            for line in process.stderr or ():
                kind, _, said = line.strip().partition(": ")
                if kind == "E":
                    errors.append(said)
                elif kind == "I" and said.endswith("..."):
                    progress(said)
    except FileNotFoundError as error:
        raise InputError(PROGRAM, ADVICE) from error
    if process.returncode:
        reason = errors[0] if errors else f"exit status {process.returncode}"
        raise InputError(name, f"{PROGRAM}: {reason}")
