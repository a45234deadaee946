"""The policy of one architecture: from which level on is each need allowed?"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Version = tuple[int, int]  # of glibc: major, minor

PATH = __file__.removesuffix("policy.py") + "policy.txt"
OF_ONE_ARCHITECTURE = ("arch", "defines", "exception", "later", "nodes")
NEVER = (10**36, 0)  # newer than every level that a tag can name: what nothing allows


class Policy:
    """What levels, which are versions of glibc, allow on one architecture.

    ``pep_599`` and ``additional`` map external libraries, and ``nodes`` version
    nodes, to the first level that allows them.  ``missing`` maps allowed libraries to
    the mainstream systems without them.  ``forbidden`` holds triples of library, the
    level from which on it is allowed, and symbols.  ``defined`` maps libraries of glibc
    to their nodes, as far as releases up to ``known_until`` have them; ``later`` holds
    those that came after the release they are named for.  ``levels`` are those with
    data, from the architecture's first to its newest one.  ``page`` is the largest page
    in bytes, ``kernel`` the oldest kernel, of the systems.  ``bases`` maps rules to the
    right with which they bind, where that is no standard.  ``provided`` holds pairs of
    a distribution and a pattern of library names that the user says it supplies.
    ``names`` are those of glibc that each Python process has, once they are read.

    Raises KeyError for an architecture without a policy.
    """

    __slots__ = (
        "additional", "arch", "bases", "big_endian", "bits", "defined",
        "first_level", "flags_mask", "flags_value", "forbidden", "glibc", "kernel",
        "known_until", "later", "levels", "libgcc_node", "loader", "machine", "missing",
        "names", "nodes", "oldest_node", "oldest_system", "page", "pep_599", "provided",
        "providers", "withdrawn",
    )  # fmt: skip

    def __init__(self, arch: str) -> None:
        self.arch = arch
        self.pep_599: dict[str, Version] = {}
        self.additional: dict[str, Version] = {}
        self.withdrawn: set[str] = set()
        self.missing: dict[str, str] = {}
        self.defined: dict[str, frozenset[str]] = {}
        self.later: dict[tuple[str, str], Version] = {}
        self.glibc: set[str] = set()  # what it installs besides the providers of GLIBC
        self.bases: dict[str, str] = {}
        self.provided: Sequence[tuple[str, str]] = ()
        self.providers: dict[str, list[str]] = {}
        self.forbidden: list[tuple[str, Version, tuple[bytes, ...]]] = []
        self.nodes: dict[str, Version] = {}
        self.levels: list[Version] = []
        self.names: dict[str, Version] | None = None
        self.loader = ""
        for kind, *words in _lines(arch):
            getattr(self, f"_read_{kind.replace('-', '_')}")(*words)
        if not self.loader:
            raise KeyError(arch)
        newest = max(self.nodes.values())
        self.levels = [
            each for each in self.levels if self.first_level <= each <= newest
        ]

    @property
    def loader_name(self) -> str:
        """The loader's SONAME."""
        return self.loader.rpartition("/")[2]

    def _read_arch(
        self, _: str, bits: str, machine: str, order: str, *rest: str
    ) -> None:
        mask, value, self.loader, node, system, *more = rest
        level, self.libgcc_node, page, kernel = more
        self.page, self.kernel = int(page), version(kernel)
        self.bits, self.machine = int(bits), int(machine)
        self.big_endian = order == "big"
        self.flags_mask, self.flags_value = int(mask), int(value)
        self.oldest_node, self.oldest_system = version(node), version(system)
        self.first_level = version(level)

    def _read_levels(self, *levels: str) -> None:
        self.levels = [version(level) for level in levels]

    def _read_pep_599(self, library: str, level: str) -> None:
        self.pep_599[library] = version(level)

    def _read_additional(self, library: str, level: str) -> None:
        self.additional[library] = version(level)

    def _read_exception(self, _: str, library: str, level: str) -> None:
        for group in (self.pep_599, self.additional):
            if library in group and level == "never":
                del group[library]
            elif library in group:
                group[library] = version(level)

    def _read_known_until(self, release: str) -> None:
        self.known_until = version(release)

    def _read_defines(self, _: str, library: str, *nodes: str) -> None:
        self.defined[library] = frozenset(nodes)

    def _read_later(self, _: str, library: str, node: str, level: str) -> None:
        self.later[library, node] = version(level)

    def _read_missing(self, library: str, *systems: str) -> None:
        self.missing[library] = " ".join(systems)

    def _read_withdrawn(self, library: str) -> None:
        self.withdrawn.add(library)

    def _read_glibc(self, *libraries: str) -> None:
        self.glibc.update(libraries)

    def _read_basis(self, basis: str, *rules: str) -> None:
        self.bases.update(dict.fromkeys(rules, basis))

    def _read_provider(self, namespace: str, *libraries: str) -> None:
        self.providers[namespace] = list(libraries)

    def _read_forbidden(self, library: str, below: str, *symbols: str) -> None:
        level = NEVER if below == "-" else version(below)
        self.forbidden.append((library, level, tuple(map(str.encode, symbols))))

    def _read_nodes(self, _: str, level: str, *nodes: str) -> None:
        first = version(level)
        for node in nodes:
            self.nodes[node] = first


def version(text: str) -> Version:
    """Return major and minor of a version such as ``2.17`` or ``2.2.5``."""
    major, minor, *_ = text.split(".")
    return int(major), int(minor)


def dotted(level: Version) -> str:
    """Return a level as text, such as ``2.17``."""
    major, minor = level
    return f"{major}.{minor}"


def elf_abi(arch: str) -> tuple[int, int, bool, int, int] | None:
    """Return how an architecture's files look: bits, machine, order, flags.

    The order is whether they are big-endian; the flags are a mask, and what remains
    under it.  None for an architecture without data.
    """
    for words in _words():
        if words[:2] == ["arch", arch]:
            bits, machine, order, mask, value = words[2:7]
            return int(bits), int(machine), order == "big", int(mask), int(value)
    return None


def architectures() -> list[str]:
    """Return the names of the architectures that have a policy."""
    return [words[1] for words in _words() if words[0] == "arch"]


def _lines(arch: str) -> Iterator[list[str]]:
    """Yield the words of each line that is about every architecture or about this."""
    for line in text_of(PATH):
        kind, name = line.split(" ", 2)[:2]
        if name == arch or kind not in OF_ONE_ARCHITECTURE:
            yield line.split()


def _words() -> Iterator[list[str]]:
    return (line.split() for line in text_of(PATH))


def text_of(path: str) -> list[str]:
    """Return the lines of a file of data without comments."""
    with open(path, encoding="utf-8") as lines:  # noqa: PTH123 - pathlib costs 10 ms
        return [line for line in lines if line[0] != "#"]
