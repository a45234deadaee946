import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from manylinux_conformance.cli.main import main
from manylinux_conformance.images import doctor as doctor_module
from manylinux_conformance.images.doctor import Found, Machine, State, examine
from manylinux_conformance.images.engines.binfmt import is_too_old
from manylinux_conformance.platforms.architectures import ARCHITECTURES

from .conftest import FakeEngine

HANDLER = """enabled
interpreter /usr/bin/qemu-{}-static
flags: {}
offset 0
magic 7f454c46
"""
FOREIGN = [name for name in ARCHITECTURES if name not in {"x86_64", "i686"}]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Make up a machine that lacks nothing."""
    handlers = tmp_path / "binfmt_misc"
    handlers.mkdir()
    (handlers / "status").write_text("enabled\n")
    for name in FOREIGN:
        emulator = ARCHITECTURES[name].emulator
        text = HANDLER.format(emulator, "PF")
        (handlers / f"qemu-{emulator}").write_text(text)
    keyring = tmp_path / "keyring.gpg"
    keyring.touch()
    programs = tmp_path / "empty"
    programs.mkdir()
    (programs / "mmdebstrap").write_text("#!/bin/true\n")
    (programs / "mmdebstrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr(
        doctor_module, "emulator", lambda arch: f"qemu-{arch.emulator} 9.2"
    )
    return Machine(handlers, keyring)


def missing(machine: Machine) -> list[Found]:
    return [one for one in examine(machine=machine) if one.state is State.MISSING]


def test_a_machine_that_lacks_nothing_is_told_so(
    fake_engine: FakeEngine, machine: Machine
) -> None:
    assert fake_engine
    found = list(examine(machine=machine))
    assert {one.state for one in found} == {State.FINE}
    words = {one.subject: one.words for one in found}
    assert words["i686"] == "is native here"
    assert words["s390x"] == "is emulated by qemu-s390x 9.2"


def test_a_missing_engine_is_told_with_what_helps(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none")
    words = "is not installed"
    remedy = "apt-get install docker.io"
    assert missing(machine) == [Found("engine", State.MISSING, words, remedy)]


@pytest.mark.parametrize("text", ["disabled\n", None])
def test_a_kernel_without_binfmt_misc_is_told(
    fake_engine: FakeEngine, machine: Machine, text: str | None
) -> None:
    assert fake_engine
    status = machine.handlers / "status"
    status.write_text(text) if text else status.unlink()
    (found,) = missing(machine)
    assert found.subject == "binfmt_misc"
    assert found.remedy.startswith("mount -t binfmt_misc ")


@pytest.mark.parametrize(
    ("text", "words", "remedy"),
    [
        (None, "no handler is registered", "apt-get install qemu-user-static"),
        (
            HANDLER.format("s390x", "PF").replace("enabled", "disabled"),
            "its handler is off",
            "systemctl restart binfmt-support",
        ),
        (HANDLER.format("s390x", "P"), "lacks the flag F", "apt-get install"),
        (HANDLER.format("s390x", ""), "lacks the flag F", "apt-get install"),
        ("enabled\n", "lacks the flag F", "apt-get install"),
    ],
)
def test_a_handler_that_does_not_serve_containers_is_told(
    fake_engine: FakeEngine,
    machine: Machine,
    text: str | None,
    words: str,
    remedy: str,
) -> None:
    assert fake_engine
    handler = machine.handlers / "qemu-s390x"
    handler.write_text(text) if text else handler.unlink()
    (found,) = missing(machine)
    assert found.subject == "s390x"
    assert words in found.words
    assert remedy in found.remedy


def test_an_emulator_that_is_too_old_is_told(
    fake_engine: FakeEngine, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fake_engine
    monkeypatch.setattr(doctor_module, "emulator", lambda _: "qemu-loongarch64 7.2.22")
    (found,) = missing(machine)
    assert found.subject == "loongarch64"
    assert found.words == "qemu-loongarch64 7.2.22 is too old; it needs 8.1"
    assert "-backports qemu-user-static && systemctl restart" in found.remedy


@pytest.mark.parametrize(
    ("name", "emulator", "old"),
    [
        ("loongarch64", "qemu-loongarch64 7.2.22", True),
        ("loongarch64", "qemu-loongarch64 8.1.0", False),
        ("loongarch64", "qemu-loongarch64 10.0.13", False),
        ("loongarch64", "qemu-loongarch64", False),  # not known
        ("s390x", "qemu-s390x 5.2", False),
    ],
)
def test_the_age_of_an_emulator_is_compared_as_numbers(
    name: str, emulator: str, *, old: bool
) -> None:
    assert is_too_old(ARCHITECTURES[name], emulator) is old


def test_missing_makers_of_images_are_told(
    fake_engine: FakeEngine,
    machine: Machine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert fake_engine
    machine.keyring.unlink()
    monkeypatch.setenv("PATH", str(tmp_path))
    found = missing(machine)
    assert [one.subject for one in found] == ["mmdebstrap", "keyring"]
    for one in found:
        assert one.remedy == "apt-get install mmdebstrap debian-archive-keyring"


def test_emulation_elsewhere_is_not_looked_into(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Elsewhere:
        is_local = False
        address = "ssh://elsewhere"
        machine = "s390x"

    monkeypatch.setattr(doctor_module, "connect", lambda _: Elsewhere())
    states = {one.subject: one.state for one in examine("elsewhere", machine)}
    assert states["emulation"] is State.UNKNOWN
    assert "s390x" not in states


def doctor(*arguments: str) -> tuple[int, str]:
    said = CliRunner().invoke(main, ["platforms", "doctor", *arguments])
    return said.exit_code, said.output


def test_the_command_says_what_is_missing_by_its_status(
    fake_engine: FakeEngine, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fake_engine
    monkeypatch.setattr(doctor_module, "Machine", lambda: machine)
    status, output = doctor()
    assert status == 0
    assert "fine     s390x        is emulated by" in output
    machine.keyring.unlink()
    status, output = doctor()
    assert status == 1
    assert "to repair: apt-get install mmdebstrap debian-archive-keyring" in output
    status, output = doctor("--json")
    assert status == 1
    found = {one["subject"]: one["state"] for one in json.loads(output)}
    assert found["keyring"] == "missing"
    assert found["engine"] == "fine"


def test_the_command_answers_on_this_machine_whatever_it_has() -> None:
    status, output = doctor("--json")
    found = json.loads(output)
    assert status == (1 if any(one["state"] == "missing" for one in found) else 0)
    assert all(one["remedy"] for one in found if one["state"] == "missing")


def test_an_engine_that_is_not_running_is_started_by_the_remedy(
    machine: Machine,
    socket_folder: Path,
    on_path: Callable[..., Path],
) -> None:
    place = socket_folder / "docker.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
    on_path("dockerd", "#!/bin/true\n")
    found = next(examine(f"unix://{place}", machine))
    assert (found.words, found.remedy) == (
        "is not running",
        "systemctl start docker",
    )
