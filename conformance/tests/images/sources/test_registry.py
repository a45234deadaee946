"""Against a registry on this machine, with images under their upstream names."""

import contextlib
import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from manylinux_conformance.errors import FetchError
from manylinux_conformance.images.engines.connections import Engines
from manylinux_conformance.images.engines.engine import Engine, connect
from manylinux_conformance.images.prepare import Preparation, PrepareOptions
from manylinux_conformance.images.sources.image_archive import image_archive
from manylinux_conformance.images.sources.image_lock import ImageLockFile, LockedImage
from manylinux_conformance.images.sources.registry import at_host
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.platforms.releases import Source
from tests.images.conftest import FakeEngine, MakeContainer, MakeRoot

SECONDS = 20


@pytest.mark.parametrize(
    ("reference", "host", "found"),
    [
        ("debian:12", "", "debian:12"),
        ("quay.io/pypa/manylinux1_i686", "", "quay.io/pypa/manylinux1_i686:latest"),
        ("debian:12", "localhost:5000", "localhost:5000/library/debian:12"),
        ("almalinux", "one.example/", "one.example/library/almalinux:latest"),
        ("pypa/image:1", "one.example", "one.example/pypa/image:1"),
        (
            "quay.io/pypa/manylinux1_i686",
            "one.example/deep",
            "one.example/deep/pypa/manylinux1_i686:latest",
        ),
        ("localhost:5000/a/b:1", "one.example", "one.example/a/b:1"),
    ],
)
def test_a_reference_is_found_at_another_registry(
    reference: str, host: str, found: str
) -> None:
    assert at_host(reference, host) == found


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """Start a registry on a free port and yield its address."""
    program = shutil.which("docker-registry")
    if program is None:
        pytest.skip("needs a registry: apt-get install docker-registry")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    configuration = tmp_path / "registry.yml"
    configuration.write_text(
        "version: 0.1\nlog: {level: error}\n"
        f"storage: {{filesystem: {{rootdirectory: {tmp_path}/registry}}}}\n"
        f"http: {{addr: '{host}'}}\n"
    )
    with subprocess.Popen(
        [program, "serve", str(configuration)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _await(host)
            yield host
        finally:
            process.kill()


def _await(host: str) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://{host}/v2/", timeout=1),
        ):
            return
        time.sleep(0.05)
    pytest.fail("the registry does not start")


Push = Callable[..., None]


@pytest.fixture
def push(real_engine: Engine, registry: str, make_root: MakeRoot) -> Push:
    """Return a function that puts a tiny image into the registry."""

    def put(container: Container, content: str = "./usr/bin/python3") -> None:
        name = at_host(container.reference, registry)
        root = make_root(content)
        real_engine.load(image_archive(root, name, container.arch, {}))
        said = real_engine.client.api.push(name)
        assert "digest: sha256:" in said, said
        real_engine.remove(name)

    return put


@pytest.fixture
def lock(tmp_path: Path) -> ImageLockFile:
    return ImageLockFile(tmp_path / "images.lock")


def preparation(
    host: str, lock: ImageLockFile, *, accept_changed: bool = False
) -> Preparation:
    wishes = PrepareOptions(registry=host, lock=lock, accept_changed=accept_changed)
    return Preparation(Engines(), wishes)


def steps(_: str) -> None:
    """Say nothing."""


def test_an_image_is_pulled_and_its_digest_is_locked(
    real_engine: Engine,
    registry: str,
    push: Push,
    lock: ImageLockFile,
    make_container: MakeContainer,
) -> None:
    container = make_container("s390x", "registry")
    push(container)
    prepared = preparation(registry, lock).prepare(container, steps)
    assert prepared.source is Source.REGISTRY
    assert prepared.has_python
    assert prepared.image.architecture == "s390x"
    reference = f"127.0.0.1:{registry.partition(':')[2]}/pypa/manylinux2014_s390x"
    digest = real_engine.registry_digest(f"{reference}:latest")
    locked = LockedImage(container.name, "quay.io/pypa/manylinux2014_s390x", digest)
    assert lock.read() == {container.name: locked}
    facts = real_engine.client.api.inspect_image(container.image)
    assert facts["RepoTags"] == [container.image]
    assert facts["RepoDigests"] == []


def test_a_changed_digest_is_refused_with_both_digests(
    real_engine: Engine,
    registry: str,
    push: Push,
    lock: ImageLockFile,
    make_container: MakeContainer,
) -> None:
    container = make_container("aarch64", "registry")
    push(container)
    preparation(registry, lock).prepare(container, steps)
    first = lock.read()[container.name].digest
    real_engine.remove(container.image)
    push(container, "./usr/bin/other")
    second = real_engine.registry_digest(at_host(container.reference, registry))
    assert first != second
    with pytest.raises(FetchError) as caught:
        preparation(registry, lock).prepare(container, steps)
    assert f"it is {second}, and {lock.path} has {first}" in caught.value.reason
    assert "--accept-changed" in caught.value.reason
    assert real_engine.image(container.image) is None
    accepting = preparation(registry, lock, accept_changed=True)
    assert not accepting.prepare(container, steps).has_python
    assert lock.read()[container.name].digest == second


def test_an_image_for_another_architecture_is_refused(
    real_engine: Engine,
    registry: str,
    push: Push,
    lock: ImageLockFile,
    make_container: MakeContainer,
) -> None:
    wanted = make_container("ppc64le", "registry")
    release = msgspec.structs.replace(wanted.release, registry="pypa/one_name")
    push(Container(release, make_container("s390x").arch))
    with pytest.raises(FetchError, match="is for s390x, not for ppc64le"):
        preparation(registry, lock).prepare(replace(wanted, release=release), steps)
    assert lock.read() == {}
    assert real_engine.image(wanted.image) is None


def test_an_image_that_the_registry_lacks_is_named(
    real_engine: Engine,
    registry: str,
    lock: ImageLockFile,
    make_container: MakeContainer,
) -> None:
    assert real_engine
    container = make_container("s390x", "registry")
    with pytest.raises(FetchError) as caught:
        preparation(registry, lock).prepare(container, steps)
    reference = f"{registry}/pypa/manylinux2014_s390x:latest"
    assert f"registry: {reference}: manifest unknown" in caught.value.reason


def test_a_registry_that_is_down_is_named(
    real_engine: Engine, lock: ImageLockFile, make_container: MakeContainer
) -> None:
    assert real_engine
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # nobody listens
        host = f"127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(FetchError) as caught:
            preparation(host, lock).prepare(make_container("s390x", "registry"), steps)
    assert f"{host}/pypa/manylinux2014_s390x:latest: cannot be" in caught.value.reason


DIGEST = f"sha256:{'a' * 64}"


def test_an_interrupted_pull_leaves_no_image_and_no_lock(
    fake_engine: FakeEngine, lock: ImageLockFile, make_container: MakeContainer
) -> None:
    container = make_container("s390x", "registry")
    fake_engine.registry["h:1/pypa/manylinux2014_s390x:latest"] = (DIGEST, b"")
    fake_engine.ways["pull"] = "unexpected EOF"
    with pytest.raises(FetchError, match=r"registry: h:1/.*: unexpected EOF"):
        preparation("h:1", lock).prepare(container, steps)
    assert fake_engine.archives == {}
    assert not lock.path.exists()


def test_a_pull_takes_the_digest_that_was_checked(
    fake_engine: FakeEngine,
    lock: ImageLockFile,
    make_container: MakeContainer,
    make_archive: Callable[[Container], bytes],
) -> None:
    container = make_container("s390x", "registry")
    archive = make_archive(container)
    fake_engine.registry["h:1/pypa/manylinux2014_s390x:latest"] = (DIGEST, archive)
    said: list[str] = []
    preparation("h:1", lock).prepare(container, said.append)
    assert said == ["asking the registry", "downloading 1"]
    pulls = [line for line in fake_engine.asked if "images/create" in line]
    assert len(pulls) == 1
    assert DIGEST.replace(":", "%3A") in pulls[0]
    assert "platform=linux%2Fs390x" in pulls[0]
    assert list(fake_engine.archives) == [container.image]


def test_what_the_user_has_pulled_is_left_to_them(
    fake_engine: FakeEngine,
    lock: ImageLockFile,
    make_container: MakeContainer,
    make_archive: Callable[[Container], bytes],
) -> None:
    container = make_container("s390x", "registry")
    archive = make_archive(container)
    fake_engine.registry["h:1/pypa/manylinux2014_s390x:latest"] = (DIGEST, archive)
    own = f"h:1/pypa/manylinux2014_s390x@{DIGEST}"
    fake_engine.archives[own] = archive
    preparation("h:1", lock).prepare(container, steps)
    assert set(fake_engine.archives) == {own, container.image}
    assert json.loads(lock.path.read_text())["images"][0]["digest"] == DIGEST
    connect().client.close()


def test_a_changed_digest_is_not_even_pulled(
    fake_engine: FakeEngine, lock: ImageLockFile, make_container: MakeContainer
) -> None:
    container = make_container("s390x", "registry")
    before = f"sha256:{'b' * 64}"
    lock.note(LockedImage(container.name, container.reference, before))
    fake_engine.registry["h:1/pypa/manylinux2014_s390x:latest"] = (DIGEST, b"")
    with pytest.raises(FetchError, match=f"it is {DIGEST}, and .* has {before}"):
        preparation("h:1", lock).prepare(container, steps)
    assert not [line for line in fake_engine.asked if "images/create" in line]


def test_what_is_pulled_for_another_architecture_does_not_stay(
    fake_engine: FakeEngine,
    lock: ImageLockFile,
    make_container: MakeContainer,
    make_archive: Callable[[Container], bytes],
) -> None:
    archive = make_archive(make_container("riscv64"))
    fake_engine.registry["h:1/pypa/manylinux2014_s390x:latest"] = (DIGEST, archive)
    with pytest.raises(FetchError, match="is for riscv64, not for s390x"):
        preparation("h:1", lock).prepare(make_container("s390x", "registry"), steps)
    assert fake_engine.archives == {}
    assert lock.read() == {}
