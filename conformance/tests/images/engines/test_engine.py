import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from manylinux_conformance.errors import EngineError, InputError, SuiteError
from manylinux_conformance.images.engines import engine as engine_module
from manylinux_conformance.images.engines.engine import (
    Engine,
    connect,
    explained,
    reason_and_remedy,
)
from manylinux_conformance.platforms.catalogue import Container
from tests.images.conftest import FakeEngine, MakeContainer

NOBODY = 65534


def refused(address: str = "") -> str:
    with pytest.raises((InputError, SuiteError)) as caught:
        connect(address)
    return str(caught.value)


def test_an_engine_that_is_not_running_is_told_with_what_starts_it(
    socket_folder: Path,
) -> None:
    place = socket_folder / "docker.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))  # and closed: the file stays, nobody listens
    assert "is not running; run: systemctl start docker" in refused(f"unix://{place}")


@pytest.mark.parametrize(
    ("installed", "words"), [(True, "is not running"), (False, "is not installed")]
)
def test_an_engine_without_a_socket_is_installed_or_not(
    socket_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    installed: bool,
    words: str,
) -> None:
    monkeypatch.setenv("PATH", str(socket_folder))
    if installed:
        (socket_folder / "dockerd").write_text("#!/bin/true\n")
        (socket_folder / "dockerd").chmod(0o755)
    assert words in refused(f"unix://{socket_folder}/none.sock")


def test_a_socket_that_the_user_may_not_use_names_the_group(
    fake_engine: FakeEngine, socket_folder: Path
) -> None:
    assert fake_engine
    (socket_folder / "docker.sock").chmod(0o600 if os.geteuid() == 0 else 0)
    user = os.geteuid()
    try:
        if user == 0:
            os.seteuid(NOBODY)
        said = refused(f"unix://{socket_folder}/docker.sock")
    finally:
        if user == 0:
            os.seteuid(user)
    assert "no permission; run: adduser USER docker" in said


def test_an_engine_that_never_answers_is_not_waited_for(
    fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "CONNECT_TIMEOUT", 0.3)
    fake_engine.ways["version"] = "hang"
    assert "does not answer" in refused()


def test_a_name_that_is_no_context_is_refused() -> None:
    said = refused("no-such-context")
    assert said == "no-such-context: is neither an address nor a Docker context"


def test_the_usual_engine_is_known_by_its_context(
    fake_engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fake_engine
    address = os.environ["DOCKER_HOST"]
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    assert connect("default").machine == connect(address).machine == "x86_64"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("write /layer.tar: no space left on device", "the disk is full"),
        ("dial tcp 127.0.0.1:1: connect: connection refused", "cannot be reached"),
        ("lookup nowhere.invalid: no such host", "cannot be reached"),
        ("first\nlast", "last"),
        ("", "gives no reason"),
    ],
)
def test_what_an_engine_says_is_put_into_words(said: str, words: str) -> None:
    assert words in explained(said)[0]


def test_an_error_without_words_has_its_name() -> None:
    assert reason_and_remedy(ValueError()) == ("ValueError", "")
    assert reason_and_remedy(ValueError(ValueError("inner"))) == ("inner", "")


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("Error processing tar file(exit status 1): no space left on device", "full"),
        ("status write /var: no space left on device", "the disk is full"),
        ("unexpected EOF", "unexpected EOF"),
    ],
)
def test_a_failed_load_leaves_no_image(
    fake_engine: FakeEngine,
    make_container: MakeContainer,
    make_archive: Callable[[Container], bytes],
    way: str,
    words: str,
) -> None:
    fake_engine.ways["load"] = way
    container = make_container()
    engine = connect()
    with pytest.raises(EngineError, match=words):
        engine.load([make_archive(container)])
    assert engine.image(container.image) is None
    engine.client.close()


def test_free_room_is_told_only_where_it_can_be_seen(fake_engine: FakeEngine) -> None:
    assert fake_engine
    engine = connect()
    free = shutil.disk_usage("/").free
    assert engine.free() == pytest.approx(free, rel=0.2)
    engine.client.api.base_url = "http://elsewhere:2375"
    assert not engine.is_local
    assert engine.free() is None
    engine.client.close()


ALL = [
    ("x86_64", "amd64"),
    ("i686", "386"),
    ("aarch64", "arm64"),
    ("armv7l", "arm"),
    ("ppc64le", "ppc64le"),
    ("s390x", "s390x"),
    ("riscv64", "riscv64"),
    ("loongarch64", "loong64"),
]


@pytest.mark.parametrize(("arch", "word"), ALL)
def test_an_image_states_its_true_architecture(
    real_engine: Engine,
    make_container: MakeContainer,
    make_archive: Callable[[Container], bytes],
    arch: str,
    word: str,
) -> None:
    container = make_container(arch)
    real_engine.load([make_archive(container)])
    facts = real_engine.client.api.inspect_image(container.image)
    assert (facts["Architecture"], facts["Os"]) == (word, "linux")
    if arch == "armv7l":
        assert facts["Variant"] == "v7"
    assert container.image in real_engine.images()
    real_engine.remove(container.image)
    assert real_engine.image(container.image) is None


def test_files_are_looked_for_without_running_anything(
    real_engine: Engine,
    make_container: MakeContainer,
    make_archive: Callable[..., bytes],
) -> None:
    container = make_container()
    real_engine.load([make_archive(container, "./usr/bin/python3")])
    assert real_engine.has_any(container.image, ("/nowhere", "/usr/bin/python3"))
    assert not real_engine.has_any(container.image, ("/usr/bin/python",))
