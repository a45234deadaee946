"""Random offers: the file names of a project's wheels, of every kind that there is."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from manylinux_spec.architectures import architectures

FALLBACK = "py3-none-any"  # every release can be installed, so no run ends early
LEGACY = ("manylinux1", "manylinux2010", "manylinux2014")
OTHERS = (
    *("win_amd64", "macosx_11_0_arm64", "any", "manylinux", "manylinux_2_17"),
    *("manylinux_glibc_2_17_{}", "manylinux_2014_{}", "musllinux_1_2_{}"),
    *("manylinux_2_17_{}_v3", "manylinux_2_17_amd64", "linux", "linux_", "{}"),
)
ODD_NUMBERS = ("02", "+2", "2_0", "\uff12", "", "2.", "99999999999999999999")
PYTHONS = (
    "py3-none",
    "py2.py3-none",
    "{cp}-{cp}",
    "{cp}-abi3",
    "{cp}-none",
    "py2-none",
)
BUILDS = ("1", "2", "10", "010", "2a", "2b", "0")
MALFORMED = (
    *("{p}-{v}-x-{t}", "{p}-{v}-_1-{t}", "{p}-{v}-{t}-1-{t}", "{p}-{v}-1-2-{t}"),
    *("{p}-{v}-none-any", "{p}-one-{t}", "{p}-{v}--{t}", "{p}--{t}"),
)
RELEASES = ("1", "2", "10", "2.1", "2rc1", "1.post1")


@dataclass(frozen=True, slots=True)
class Offer:
    """One project: its name, and the file names that are offered."""

    project: str
    files: tuple[str, ...]

    @property
    def requirement(self) -> str:
        """The requirement: any release."""
        return self.project


@dataclass(frozen=True, slots=True)
class Generator:
    """Makes offers for a machine: ``minor`` is that of its glibc, ``cp`` its Python."""

    arch: str
    minor: int
    cp: str
    random: Random = field(repr=False)

    def offer(self, number: int) -> Offer:
        """Return the offer of a project with this number."""
        project = f"offer{number:05}"
        releases = self.random.sample(RELEASES, self.random.choice((1, 1, 1, 2, 3)))
        files: list[str] = []
        for release in releases:
            count = self.random.choice((1, 2, 2, 3, 3, 4, 6))
            files += [self._file(project, release) for _ in range(count)]
        files.append(f"{project}-{self.random.choice(releases)}-{FALLBACK}.whl")
        return Offer(project, tuple(dict.fromkeys(files)))

    def _file(self, project: str, release: str) -> str:
        pick, chance = self.random.choice, self.random.random
        python = pick(PYTHONS) if chance() < 0.3 else PYTHONS[0]
        tag = f"{python.format(cp=self.cp)}-{self._platforms()}"
        if chance() < 0.05:
            return pick(MALFORMED).format(p=project, v=release, t=tag) + ".whl"
        build = f"{pick(BUILDS)}-" if chance() < 0.3 else ""
        return f"{project}-{release}-{build}{tag}.whl"

    def _platforms(self) -> str:
        count = self.random.choice((1, 1, 1, 1, 1, 2, 2, 3))
        return ".".join(self._platform() for _ in range(count))

    def _platform(self) -> str:
        pick, arch = self.random.choice, self._arch()
        spelled = [
            *[f"manylinux_2_{self._minor()}_{arch}"] * 9,
            *[f"{pick(LEGACY)}_{arch}"] * 4,
            *[f"linux_{arch}"] * 2,
            f"Manylinux_2_{self._minor()}_{arch.upper()}",
            f"manylinux_{pick((0, 1, 3))}_{self._minor()}_{arch}",
            f"manylinux_2_{pick(ODD_NUMBERS)}_{arch}",
            f"manylinux_{pick(ODD_NUMBERS)}_{self._minor()}_{arch}",
            pick(OTHERS).format(arch),
        ]
        return pick(spelled)

    def _minor(self) -> int:
        near = self.minor + self.random.choice((-2, -1, 0, 0, 1, 2))
        return self.random.choice((near, self.random.randrange(60), 5, 17, 28, 4, 16))

    def _arch(self) -> str:
        if self.random.random() < 0.75:
            return self.arch
        return self.random.choice((*architectures(), "armv8l", "i386", "mips64", ""))
