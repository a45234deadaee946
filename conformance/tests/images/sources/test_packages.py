import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from manylinux_conformance.errors import FetchError, MissingProgramError
from manylinux_conformance.images.engines.interruption import Interruption
from manylinux_conformance.images.sources.packages import packaged_root
from manylinux_conformance.platforms.architectures import ARCHITECTURES
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.platforms.releases import Index, Part, Release, Source

OnPath = Callable[..., Path]
# As npm does: the package's file into the folder that --pack-destination names.
NPM = """#!/bin/sh
for argument; do case "$argument" in
--pack-destination=*) cp {package} "${{argument#*=}}" ;;
esac; done
"""
FAILING = "#!/bin/sh\necho 'npm error {said}' >&2\nexit 1\n"


def tar(files: dict[str, bytes], mode: Literal["w:xz", "w:gz"]) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode=mode) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.uid, member.mtime = len(content), 1000, 1_200_000_000
            archive.addfile(member, io.BytesIO(content))
    return written.getvalue()


LIBRARIES = tar(
    {
        "./target/sysroot/lib/libc.so.6": b"the C library",
        "./target/sysroot/lib/libc.a": b"an archive",
        "./target/bin/gcc": b"a compiler",
        "./target/sysroot/lib/../../../outside": b"a way out",
    },
    "w:xz",
)
PACKAGE = tar({"package/target.tar.xz": LIBRARIES}, "w:gz")


def part(content: bytes, /, **changed: object) -> Part:
    plain = Part(
        arch="x86_64",
        index=Index.NPM,
        package="@someone/toolchain",
        version="1.0.0",
        sha256=hashlib.sha256(content).hexdigest(),
        archive="package/target.tar.xz",
        folder="target/sysroot/lib",
        to="lib64",
    )
    return msgspec.structs.replace(plain, **changed)


def container(*parts: Part) -> Container:
    release = Release(
        name="some-glibc",
        glibc="2.17",
        python="3.13",
        architectures=("x86_64",),
        sources=(Source.PACKAGES,),
        parts=parts,
    )
    return Container(release, ARCHITECTURES["x86_64"])


@pytest.fixture
def npm(on_path: OnPath, tmp_path: Path) -> None:
    """Make up an npm that has one package."""
    package = tmp_path / "someone-toolchain-1.0.0.tgz"
    package.write_bytes(PACKAGE)
    on_path("npm", NPM.format(package=package))


def steps(_: str) -> None:
    """Say nothing."""


def contents(*parts: Part) -> dict[str, bytes]:
    found = {}
    with (
        packaged_root(container(*parts), steps, Interruption()) as root,
        tarfile.open(root) as archive,
    ):
        for member in archive:
            if file := archive.extractfile(member) if member.isreg() else None:
                assert (member.uid, member.mtime) == (0, 1_200_000_000)
                found[member.name] = file.read()
    return found


@pytest.mark.usefixtures("npm")
def test_the_folder_that_is_named_is_taken_and_nothing_beside_it() -> None:
    found = contents(part(PACKAGE, without=("libc.a",)))
    assert found == {"lib64/libc.so.6": b"the C library"}


@pytest.mark.usefixtures("npm")
def test_the_same_packages_are_the_same_root_file_system() -> None:
    made = []
    for _ in range(2):
        with packaged_root(container(part(PACKAGE)), steps, Interruption()) as root:
            made.append(root.read_bytes())
    assert made[0] == made[1]


@pytest.mark.usefixtures("npm")
def test_a_wheel_is_a_package_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tar({"./bin/python3.13": b"a Python"}, "w:xz")
    wheel = tmp_path / "index" / "some_python-4.4.0-py3-none-manylinux2014_x86_64.whl"
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("some/python.tar.xz", python)
        archive.writestr(
            "some_python-4.4.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: some-python\nVersion: 4.4.0\n",
        )
        archive.writestr(
            "some_python-4.4.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nTag: py3-none-manylinux2014_x86_64\n",
        )
        archive.writestr("some_python-4.4.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    second = part(
        wheel.read_bytes(),
        index=Index.PYPI,
        package="some-python",
        version="4.4.0",
        archive="some/python.tar.xz",
        folder="",
        to="opt/python",
    )
    found = contents(part(PACKAGE), second)
    assert found["opt/python/bin/python3.13"] == b"a Python"
    assert found["lib64/libc.so.6"] == b"the C library"


@pytest.mark.usefixtures("npm")
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"sha256": "0" * 64}, "its digest is .*, and the catalogue has 0000"),
        ({"archive": "package/other.tar.xz"}, "has no package/other.tar.xz"),
        ({"folder": "target/lib"}, "has no target/lib"),
    ],
)
def test_a_package_that_is_another_one_is_refused(
    changed: dict[str, object], reason: str
) -> None:
    with pytest.raises(FetchError, match=reason):
        contents(part(PACKAGE, **changed))


def test_a_damaged_archive_in_a_package_is_refused(
    on_path: OnPath, tmp_path: Path
) -> None:
    package = tmp_path / "damaged.tgz"
    package.write_bytes(tar({"package/target.tar.xz": LIBRARIES[:100]}, "w:gz"))
    on_path("npm", NPM.format(package=package))
    with pytest.raises(FetchError, match=r"package/target.tar.xz in it is damaged"):
        contents(part(package.read_bytes()))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("code EAI_AGAIN", "its index cannot be reached"),
        ("nospc ENOSPC: no space left on device, write", "the disk is full"),
        ("code E404", "npm error code E404"),
    ],
)
def test_a_client_that_fails_is_told_with_the_cause(
    on_path: OnPath, said: str, reason: str
) -> None:
    on_path("npm", FAILING.format(said=said))
    with pytest.raises(FetchError, match=reason):
        contents(part(PACKAGE))


def test_a_missing_client_is_told_with_what_helps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(MissingProgramError) as caught:
        contents(part(PACKAGE))
    assert caught.value.remedy == "apt-get install npm"
