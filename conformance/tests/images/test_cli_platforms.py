"""The commands, as processes and in this one, on a made-up engine."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from manylinux_conformance.cli.main import main
from manylinux_conformance.images.engines.engine import Image
from manylinux_conformance.images.prepare import Prepared
from manylinux_conformance.images.prepare_all import PreparationResult
from manylinux_conformance.images.prepared_list import result_words
from manylinux_conformance.platforms.catalogue import (
    Container,
    chosen,
    read_containers,
)
from manylinux_conformance.platforms.releases import Source

from .conftest import FakeEngine

MakeArchive = Callable[..., bytes]
OnPath = Callable[..., Path]
SEVEN = ["debian-12-*", "debian-13-riscv64"]


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the user's cache and lock out of it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "300")


def command(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["platforms", *arguments])


def container(name: str) -> Container:
    (found,) = chosen(read_containers(), name)
    return found


def prepared(engine: FakeEngine, make_archive: MakeArchive, *names: str) -> None:
    for name in names:
        engine.archives[container(name).image] = make_archive(container(name))


@pytest.mark.parametrize("name", ["list", "prepare", "export", "remove", "doctor"])
def test_every_command_explains_itself_with_an_example(name: str) -> None:
    said = command(name, "--help")
    assert said.exit_code == 0
    assert f"manylinux-conformance platforms {name}" in said.output


def test_the_list_says_what_is_prepared_and_what_would_prepare_the_rest(
    fake_engine: FakeEngine, make_archive: MakeArchive
) -> None:
    prepared(fake_engine, make_archive, "debian-12-s390x")
    lines = command("list", "debian-12-*").output.splitlines()
    rows = {line.split()[0]: line.split() for line in lines}
    assert rows["debian-12-s390x"][1:5] == ["2.36", "3.11", "emulated", "13.8"]
    line = next(one for one in lines if one.startswith("debian-12-i686"))
    assert line.endswith("manylinux-conformance platforms prepare debian-12-i686")


def test_the_list_is_complete_for_machines(
    fake_engine: FakeEngine, make_archive: MakeArchive
) -> None:
    prepared(fake_engine, make_archive, "debian-12-s390x")
    rows = {row["name"]: row for row in json.loads(command("list", "--json").output)}
    assert {one.name for one in read_containers()} <= set(rows)
    assert rows["debian-12-s390x"]["prepared"] is True
    assert rows["debian-12-i686"]["prepared"] is False
    assert rows["debian-12-i686"]["sources"] == ["mirror", "registry", "archive"]
    assert rows["centos-5"]["fidelity"] == "modelled"
    assert rows["centos-5"]["command"].endswith("run --platform glibc-2.5")


def test_the_list_of_a_release_without_images_says_what_stands_for_it(
    fake_engine: FakeEngine,
) -> None:
    assert fake_engine
    said = command("list", "centos-5")
    assert said.exit_code == 0
    assert "modelled" in said.output
    assert len(said.output.splitlines()) == 2
    assert len(command("list", "centos-*").output.splitlines()) == 7


def test_the_list_needs_no_engine(
    socket_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{socket_folder}/none")
    said = command("list", "debian-12-*")
    assert said.exit_code == 0
    assert said.output.count("which are prepared is not known") == 1
    assert said.output.count("unknown") == 6


@pytest.mark.parametrize(
    "arguments",
    [
        ("list", "vax-*"),
        ("prepare", "vax-*"),
        ("remove", "vax-*"),
        ("export", "vax-*", "--to", "."),
    ],
)
def test_a_pattern_that_names_nothing_is_refused(
    fake_engine: FakeEngine, arguments: Sequence[str]
) -> None:
    assert fake_engine
    said = command(*arguments)
    assert said.exit_code == 2
    assert "error: vax-*: no such platform; see 'platforms list'" in said.output


def test_without_a_pattern_the_seven_debian_images_are_prepared(
    fake_engine: FakeEngine, make_archive: MakeArchive
) -> None:
    wanted = [one.name for name in SEVEN for one in chosen(read_containers(), name)]
    assert len(wanted) == 7
    prepared(fake_engine, make_archive, *wanted)
    said = command("prepare")
    assert said.exit_code == 0
    for name in wanted:
        assert f"{name}: already prepared" in said.output


def test_disk_use_is_told_before_and_after(
    fake_engine: FakeEngine, make_archive: MakeArchive, tmp_path: Path
) -> None:
    assert fake_engine
    one = container("debian-12-s390x")
    (tmp_path / f"{one.name}.tar").write_bytes(make_archive(one))
    said = command("prepare", one.name, "--source=archive", f"--archives={tmp_path}")
    assert said.exit_code == 0, said.output
    assert "before: 0 images, 0 bytes, " in said.output
    assert f"1/1 {one.name}: prepared from archive in " in said.output
    assert "after:  1 images, " in said.output


def test_an_image_without_python_is_told(
    fake_engine: FakeEngine, make_archive: MakeArchive, tmp_path: Path
) -> None:
    one = container("ubuntu-22.04-s390x")
    (tmp_path / f"{one.name}.tar").write_bytes(make_archive(one))
    fake_engine.files.clear()
    said = command("prepare", one.name, "--source=archive", f"--archives={tmp_path}")
    assert said.exit_code == 0
    assert "no Python at /usr/bin/python3: one is mounted" in said.output


def test_what_fails_is_told_and_is_the_status(
    fake_engine: FakeEngine, tmp_path: Path
) -> None:
    assert fake_engine
    said = command(
        "prepare", "debian-12-s390x", "--source=archive", f"--archives={tmp_path}"
    )
    assert said.exit_code == 1
    assert "debian-12-s390x: not prepared: archive: " in said.output
    assert "debian-12-s390x.tar: no such archive" in said.output


def test_images_are_exported_and_loaded_again(
    fake_engine: FakeEngine, make_archive: MakeArchive, tmp_path: Path
) -> None:
    names = ["debian-12-s390x", "debian-12-armv7l"]
    prepared(fake_engine, make_archive, *names)
    before = dict(fake_engine.archives)
    assert command("export", "debian-12-*", "--to", str(tmp_path)).exit_code == 0
    said = command("remove", "debian-12-*")
    assert said.exit_code == 0
    assert said.output.count("removed; before: ") == 2
    assert fake_engine.archives == {}
    archives = f"--archives={tmp_path}"
    assert command("prepare", *names, "--source=archive", archives).exit_code == 0
    assert fake_engine.archives == before


@pytest.mark.parametrize(
    "arguments", [("remove", "debian-12-*"), ("export", "debian-12-*", "--to", ".")]
)
def test_what_is_not_prepared_cannot_be_given(
    fake_engine: FakeEngine, arguments: Sequence[str]
) -> None:
    assert fake_engine
    said = command(*arguments)
    assert said.exit_code == 2
    assert "debian-12-*: none of these platforms is prepared" in said.output


def test_nothing_can_be_prepared_without_an_engine(
    socket_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{socket_folder}/none")
    said = command("prepare")
    assert said.exit_code == 3
    assert "error: unix://" in said.output


HANGING = """#!/usr/bin/env python3
import pathlib, signal, sys, tempfile, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
pathlib.Path(tempfile.mkdtemp(), "half").write_text("half")
print("I: extracting archives...", file=sys.stderr, flush=True)
time.sleep(60)
"""


def process(*arguments: str) -> subprocess.Popen[str]:
    program = Path(sys.executable).with_name("manylinux-conformance")
    return subprocess.Popen(
        [program, "platforms", "prepare", *arguments],
        stderr=subprocess.PIPE,
        text=True,
    )


def read_until(running: subprocess.Popen[str], words: str) -> str:
    said = ""
    while words not in said:
        assert running.stderr
        line = running.stderr.readline()
        assert line, said
        said += line
    return said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_command_leaves_nothing(
    fake_engine: FakeEngine,
    on_path: OnPath,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
) -> None:
    on_path("mmdebstrap", HANGING)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.setenv("TMPDIR", str(work))
    with process("debian-12-*", "--source=mirror") as running:
        read_until(running, "extracting archives")
        assert list(work.iterdir())
        running.send_signal(number)
        _, rest = running.communicate(timeout=30)
    assert running.returncode == 128 + number
    assert "interrupted; what was prepared is kept" in rest
    assert "Traceback" not in rest
    assert list(work.iterdir()) == []
    assert fake_engine.archives == {}


def test_what_a_killed_command_left_goes_with_the_next(
    fake_engine: FakeEngine,
    on_path: OnPath,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert fake_engine
    on_path("mmdebstrap", HANGING)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.setenv("TMPDIR", str(work))
    with process("debian-12-s390x", "--source=mirror") as killed:
        read_until(killed, "extracting archives")
        killed.kill()
    left = list(work.iterdir())
    assert left
    assert working_in(work)
    with process("debian-12-i686", "--source=mirror") as running:
        read_until(running, "extracting archives")
        assert not [each for each in left if each.exists() or working_in(each)]
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=30)
    assert list(work.iterdir()) == []


def working_in(folder: Path) -> list[str]:
    """Return the processes whose current folder is in one."""
    links = Path("/proc").glob("[0-9]*/cwd")
    return [str(each) for each in links if str(folder) in os.path.realpath(each)]


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("load", ("--source=archive", "--archives={folder}")),
        ("pull", ("--source=registry", "--registry=h:1", "--lock={folder}/lock")),
    ],
)
def test_an_interrupted_transfer_leaves_no_image(
    fake_engine: FakeEngine,
    make_archive: MakeArchive,
    tmp_path: Path,
    operation: str,
    arguments: Sequence[str],
) -> None:
    one = container("debian-12-s390x")
    (tmp_path / f"{one.name}.tar").write_bytes(make_archive(one))
    fake_engine.registry["h:1/library/debian:12"] = (f"sha256:{'a' * 64}", b"")
    fake_engine.ways[operation] = "hang"
    filled = (argument.format(folder=tmp_path) for argument in arguments)
    with process(one.name, *filled) as running:
        assert fake_engine.hung.wait(120)
        begun = time.monotonic()
        running.send_signal(signal.SIGINT)
        _, rest = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Traceback" not in rest
    assert time.monotonic() - begun < 20
    assert fake_engine.archives == {}
    assert not (tmp_path / "lock").exists()


def test_a_second_command_waits_for_the_first(
    fake_engine: FakeEngine, make_archive: MakeArchive, on_path: OnPath
) -> None:
    on_path("mmdebstrap", HANGING)
    prepared(fake_engine, make_archive, "debian-13-riscv64")
    with process("debian-12-s390x", "--source=mirror") as first:
        read_until(first, "extracting archives")
        with process("debian-13-riscv64") as second:
            read_until(second, "waiting for another 'platforms prepare'")
            first.send_signal(signal.SIGINT)
            _, said = second.communicate(timeout=30)
        first.communicate(timeout=30)
    assert second.returncode == 0
    assert "debian-13-riscv64: already prepared" in said


def test_what_became_of_a_platform_is_put_into_words() -> None:
    one = container("debian-12-s390x")
    image = Image(one.image, "sha256:0", "s390x", 2_000_000_000)
    made = PreparationResult(one, Prepared(image, Source.MIRROR), "", 1.25)
    assert result_words(made) == "prepared from mirror in 1.2 s, 2.0 GB"
    failed = PreparationResult(one, None, "no reason", 1.0)
    assert result_words(failed) == "not prepared: no reason"
