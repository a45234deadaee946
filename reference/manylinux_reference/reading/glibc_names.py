"""Which names glibc gives to every Python process, and since which release.

Those of the libraries that interpreters are linked with: libc, libm, libdl, libpthread
and libutil.  A file may refer to them without needing the library.
"""

from __future__ import annotations

from manylinux_reference.reading.policy import Version, text_of, version

PATH = __file__.removesuffix("py") + "txt"


def glibc_names(arch: str) -> dict[str, Version]:
    """Return the first release of each name on an architecture."""
    found: dict[str, Version] = {}
    for line in text_of(PATH):
        since, *names = line.split()
        for part in since.split(";"):
            release, _, archs = part.partition("=")
            if arch in archs.split(","):
                found |= dict.fromkeys(names, version(release))
    return found
