"""Ubuntu from an archive that the user names: a small one on this machine, signed."""

from __future__ import annotations

import json
import shutil
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from manylinux_conformance.cli.main import main
from manylinux_conformance.platforms.catalogue import chosen, read_containers

from .conftest import FakeEngine, configuration
from .debian_archive import PROGRAMS, Suite, needed, sign, write_suite

COMPONENTS = ("main", "restricted", "universe", "multiverse")
# Ubuntu keeps two architectures at one address and the others at another.
ADDRESSES = {"ubuntu": ("amd64", "i386"), "ubuntu-ports": ("arm64", "s390x")}


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Be silent."""


@pytest.fixture(scope="module")
def archive() -> Iterator[Path]:
    """Write Ubuntu 24.04, and another release under its name, and sign them.

    Everybody may read it: apt checks signatures as a user of its own.
    """
    needed(*PROGRAMS)
    folder = Path(tempfile.mkdtemp(prefix="ubuntu-"))
    folder.chmod(0o755)
    for address, architectures in ADDRESSES.items():
        for name in ("noble", "noble-updates"):
            suite = Suite(name, architectures, "noble", COMPONENTS, "Ubuntu")
            sign(write_suite(folder / address, suite), folder / f"{address}-{name}.gpg")
    wrong = Suite("noble", ("amd64",), "mantic", COMPONENTS, "Ubuntu")
    sign(write_suite(folder / "other", wrong), folder / "other-noble.gpg")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def address(archive: Path) -> Iterator[str]:
    """Serve the archive on the loopback interface."""
    handler = partial(Quiet, directory=str(archive))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def prepare(name: str, mirror: str) -> Result:
    command = ["platforms", "prepare", name, "--source=mirror", f"--mirror={mirror}"]
    return CliRunner().invoke(main, command, env={"COLUMNS": "500"})


@pytest.mark.parametrize(
    ("name", "at", "image"),
    [
        ("ubuntu-24.04-x86_64", "ubuntu", "amd64"),
        ("ubuntu-24.04-s390x", "ubuntu-ports", "s390x"),
    ],
)
def test_ubuntu_is_prepared_from_the_archive_that_is_named(
    fake_engine: FakeEngine, archive: Path, address: str, name: str, at: str, image: str
) -> None:
    key = archive / f"{at}-noble.gpg"
    line = f"deb [signed-by={key}] {address}/{at} noble {' '.join(COMPONENTS)}"
    said = prepare(name, line)
    assert said.exit_code == 0, said.output
    (container,) = chosen(read_containers(), name)
    made = fake_engine.archives[container.image]
    described = json.loads(configuration(made))
    assert described["architecture"] == image
    assert "mirror" in described["config"]["Labels"].values()
    with tarfile.open(fileobj=BytesIO(made)) as members:
        layer = members.extractfile("layer.tar")
        assert layer
        with tarfile.open(fileobj=BytesIO(layer.read())) as root:
            assert {"./usr/bin/python3", "./usr/lib/os-release"} <= {*root.getnames()}


@pytest.mark.parametrize(
    ("container", "signer", "folder", "reason"),
    [
        ("ubuntu-24.04-x86_64", "other", "ubuntu", "install a newer ubuntu-keyring"),
        ("ubuntu-24.04-x86_64", "other", "other", "the mirror has mantic, not noble"),
        ("ubuntu-24.04-s390x", "ubuntu", "ubuntu", "mmdebstrap: "),
    ],
    ids=["another's signature", "another release", "no such architecture"],
)
def test_an_archive_of_something_else_is_refused(
    fake_engine: FakeEngine,
    archive: Path,
    address: str,
    container: str,
    signer: str,
    folder: str,
    reason: str,
) -> None:
    key = f"{archive}/{signer}-noble.gpg"
    line = f"deb [signed-by={key}] {address}/{folder} noble main"
    said = prepare(container, line)
    assert said.exit_code == 1
    assert reason in said.output
    assert not fake_engine.archives
