"""Systems: how real the place is about which an answer speaks."""

from __future__ import annotations

import enum

from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.lines import Result


class System(enum.StrEnum):
    """What kind of place a result is from, the most real first."""

    REAL = "real"  # a machine or a container, its architecture emulated or not
    MODEL = "model"  # a glibc release that exists, on an ordinary machine
    EXOTIC = "exotic"  # a model of what does not exist, or hardly does
    WHEEL = "wheel"  # nothing runs: an auditor is asked about a wheel

    @property
    def plural(self) -> str:
        """The name of many of them."""
        return PLURAL[self]

    def counted(self, number: int) -> str:
        """Return how many of them, in words: "1 model", "2 models"."""
        return f"{number} {self.plural if number != 1 else self.plural[:-1]}"


PLURAL = {
    System.REAL: "real systems",
    System.MODEL: "models",
    System.EXOTIC: "exotic models",
    System.WHEEL: "test wheels",
}


def system_of(result: Result) -> System:
    """Return from what kind of place a result is."""
    if not result.platform:
        return System.WHEEL
    if result.fidelity is not Fidelity.MODELLED:
        return System.REAL
    return System.EXOTIC if result.exotic else System.MODEL
