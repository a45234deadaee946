"""Tunnels to engines that are reached by SSH, with a real server on this machine."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from manylinux_conformance.containers.available import ReadyContainer
from manylinux_conformance.errors import (
    EngineError,
    InputError,
    MissingProgramError,
)
from manylinux_conformance.images.engines.engine import connect
from manylinux_conformance.images.engines.tunnel import open_tunnel

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
KEYGEN = shutil.which("ssh-keygen")
SSH = shutil.which("ssh")
PATIENCE = 20  # seconds
SETTINGS = """
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
StrictModes no
UsePAM no
PidFile none
"""
# What a user has in ~/.ssh/config for such a machine.
CLIENT = """#!/bin/sh
exec {ssh} -i {folder}/user -oStrictHostKeyChecking=no \\
  -oUserKnownHostsFile=/dev/null "$@"
"""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Start an SSH server that lets this user in; return its address."""
    if not (SSHD and KEYGEN and SSH):
        pytest.skip("no SSH server: openssh-server is not installed")
    if os.getuid() != 0:
        pytest.skip("no SSH server: only root can start one")
    for key in ("host", "user"):
        command = [KEYGEN, "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / key)]
        subprocess.run(command, check=True)
    (tmp_path / "settings").write_text(SETTINGS.format(folder=tmp_path))
    client = tmp_path / "bin" / "ssh"
    client.parent.mkdir()
    client.write_text(CLIENT.format(ssh=SSH, folder=tmp_path))
    client.chmod(0o755)
    monkeypatch.setenv("PATH", f"{client.parent}:{os.environ['PATH']}")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    Path("/run/sshd").mkdir(exist_ok=True)  # where it locks its children in
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [SSHD, "-D", "-e", "-p", str(port), "-f", str(tmp_path / "settings")]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            _await(port)
            yield f"ssh://root@127.0.0.1:{port}"
        finally:
            process.terminate()


def _await(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with socket.socket() as knocking:
            if knocking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.skip("no SSH server: it does not answer")


def tunnels(folder: Path) -> list[Path]:
    return list(folder.glob("tunnel-*"))


def test_an_engine_is_reached_by_ssh(
    native: ReadyContainer, server: str, tmp_path: Path
) -> None:
    engine = connect(server)
    assert (engine.address, engine.machine) == (server, native.engine.machine)
    assert engine.image(native.container.image)
    assert not engine.is_local
    assert engine.free() is None
    engine.client.close()
    del engine
    assert tunnels(tmp_path) == []


def test_a_machine_without_an_engine_says_so(server: str, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="is not running"):
        connect(f"{server}{tmp_path}/none.sock")
    assert tunnels(tmp_path) == []


def test_a_tunnel_to_any_socket_is_gone_when_it_is_closed(
    server: str, tmp_path: Path
) -> None:
    opened = open_tunnel(f"{server}{tmp_path}/any.sock")
    assert opened.socket.is_socket()
    opened.close()
    assert tunnels(tmp_path) == []


@pytest.mark.parametrize(
    ("address", "kind", "reason"),
    [
        ("ssh://root@127.0.0.1:1", EngineError, "Connection refused"),
        ("ssh://root@127.0.0.1:99999", InputError, "Port out of range"),
        ("ssh://", InputError, "names no machine"),
        ("ssh://-oProxyCommand=x/", EngineError, "hostname contains invalid char"),
    ],
)
def test_what_is_wrong_is_said_in_sshs_words(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    kind: type[Exception],
    reason: str,
) -> None:
    if not SSH:
        pytest.skip("ssh is not installed")
    folder = tmp_path_factory.mktemp("t")  # a socket's path has at most 107 bytes
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    with pytest.raises(kind, match=reason):
        open_tunnel(address)
    assert tunnels(folder) == []


def test_a_machine_without_ssh_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingProgramError, match="apt-get install openssh-client"):
        open_tunnel("ssh://anybody@example.org")
