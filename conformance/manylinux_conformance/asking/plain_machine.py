"""Whether a tool installs a wheel on the machine as it is, found once for each tool."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from manylinux_conformance.questions.answer import Answer
from manylinux_conformance.questions.probe_project import ANY


@dataclass(slots=True)
class PlainMachine:
    """What is known of a tool in one place, on the machine as it is.

    Every batch with a refusal asks the same there: the same tool, wheel and machine.
    That the tool installs the wheel holds for all of them; a failure may be chance, so
    the next batch tries again.

    ``kept`` is the folder with what a first use left in the home; None: nothing.
    """

    installs: bool = False
    kept: Path | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def failure(self, install: Callable[[], Answer]) -> Answer | None:
        """Return an answer that is no installation; None if the tool installs."""
        with self.lock:
            if self.installs:
                return None
            answer = install()
            self.installs = answer.answer == ANY
            return None if self.installs else answer

    def keep(self, home: Path, names: Iterable[str], folder: Path) -> None:
        """Move what a first use left in a home, by its paths there, to a folder."""
        for name in names:
            if (home / name).is_dir():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.move(home / name, folder / name)
                self.kept = folder

    def home(self, folder: Path) -> Path | None:
        """Return a new home with a copy of what is kept; None if nothing is."""
        if self.kept is None:
            return None
        shutil.copytree(self.kept, folder, symlinks=True)
        return folder
