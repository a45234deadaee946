import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from manylinux_conformance.errors import InputError
from manylinux_conformance.images.engines.engine import Engine, connect
from manylinux_conformance.images.sources import archive as archive_module
from manylinux_conformance.images.sources.archive import (
    archive_path,
    check_archive,
    load_archive,
    save_archive,
)
from manylinux_conformance.platforms.catalogue import Container

from .conftest import FakeEngine, MakeContainer

LAYER = b"layer"
DIGEST = f"sha256:{hashlib.sha256(LAYER).hexdigest()}"


def tar_of(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return written.getvalue()


@dataclass(frozen=True, slots=True)
class Saved:
    """What an archive says of its image; by default all fits."""

    names: tuple[str, ...] | None = None
    arch: str = "s390x"
    digests: tuple[str, ...] = (DIGEST,)
    layer: bytes = LAYER
    layer_name: str = "layer.tar"
    images: int = 1


def saved(container: Container, but: Saved = Saved()) -> dict[str, bytes]:
    image = {
        "Config": "config.json",
        "RepoTags": [container.image] if but.names is None else but.names,
        "Layers": [but.layer_name],
    }
    facts = {"architecture": but.arch, "rootfs": {"diff_ids": but.digests}}
    return {
        "manifest.json": json.dumps([image] * but.images).encode(),
        "config.json": json.dumps(facts).encode(),
        but.layer_name: but.layer,
    }


def written(folder: Path, container: Container, content: bytes) -> Path:
    path = archive_path(container, folder)
    path.write_bytes(content)
    return path


def refused(path: Path, container: Container) -> str:
    with pytest.raises(InputError) as caught:
        check_archive(path, container)
    assert caught.value.where == str(path)
    return caught.value.reason


def test_a_whole_archive_of_the_image_is_accepted(
    tmp_path: Path, make_container: MakeContainer
) -> None:
    container = make_container()
    check_archive(written(tmp_path, container, tar_of(saved(container))), container)


def test_a_compressed_layer_is_known_by_its_name(
    tmp_path: Path, make_container: MakeContainer
) -> None:
    container, layer = make_container(), b"compressed"
    name = f"blobs/sha256/{hashlib.sha256(layer).hexdigest()}"
    members = saved(container, Saved(layer=layer, layer_name=name))
    check_archive(written(tmp_path, container, tar_of(members)), container)


def test_an_archive_of_another_image_is_refused(
    tmp_path: Path, make_container: MakeContainer
) -> None:
    container = make_container()
    for names, words in ((("other:1",), "other:1"), ((), "no name")):
        members = saved(container, Saved(names=names))
        path = written(tmp_path, container, tar_of(members))
        reason = f"is not {container.image}: it holds {words}"
        assert refused(path, container) == reason


def test_an_archive_with_a_second_image_is_refused(
    tmp_path: Path, make_container: MakeContainer
) -> None:
    container = make_container()
    path = written(tmp_path, container, tar_of(saved(container, Saved(images=2))))
    assert "it holds" in refused(path, container)


def test_an_image_for_another_architecture_is_refused(
    tmp_path: Path, make_container: MakeContainer
) -> None:
    container = make_container()
    path = written(tmp_path, container, tar_of(saved(container, Saved(arch="amd64"))))
    assert refused(path, container) == "is for amd64, not for s390x"


def test_a_damaged_layer_is_refused_with_its_digest(
    tmp_path: Path, make_container: MakeContainer
) -> None:
    container = make_container()
    path = written(tmp_path, container, tar_of(saved(container, Saved(layer=b"Layer"))))
    digest = hashlib.sha256(b"Layer").hexdigest()
    assert f"layer.tar is damaged: its digest is sha256:{digest}" == refused(
        path, container
    )


def test_layers_that_do_not_fit_are_refused(
    tmp_path: Path, make_container: MakeContainer
) -> None:
    container = make_container()
    path = written(tmp_path, container, tar_of(saved(container, Saved(digests=()))))
    assert "differ in layers" in refused(path, container)


@pytest.mark.parametrize("lost", ["manifest.json", "config.json", "layer.tar"])
def test_a_lost_member_is_named(
    tmp_path: Path, make_container: MakeContainer, lost: str
) -> None:
    container = make_container()
    members = saved(container)
    del members[lost]
    path = written(tmp_path, container, tar_of(members))
    assert refused(path, container) == f"is not a whole image archive: it lacks {lost}"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("manifest.json", b"{"),
        ("manifest.json", b"[1]"),
        ("config.json", b"\xff"),
        ("config.json", b'{"a":' + b"[" * 1_000_000),
    ],
)
def test_malformed_facts_are_refused(
    tmp_path: Path, make_container: MakeContainer, name: str, content: bytes
) -> None:
    container = make_container()
    members = saved(container) | {name: content}
    path = written(tmp_path, container, tar_of(members))
    assert "is not a whole image archive" in refused(path, container)


def test_facts_and_members_are_bounded(
    tmp_path: Path, make_container: MakeContainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    container = make_container()
    path = written(tmp_path, container, tar_of(saved(container)))
    monkeypatch.setattr(archive_module, "LARGEST_TEXT", 10)
    assert "manifest.json has" in refused(path, container)
    monkeypatch.setattr(archive_module, "MOST_MEMBERS", 2)
    assert refused(path, container) == "has more than 2 members"


def test_an_archive_that_is_not_there_is_named(
    tmp_path: Path, make_container: MakeContainer
) -> None:
    container = make_container()
    assert refused(archive_path(container, tmp_path), container) == "no such archive"


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=settings().max_examples * 3 // 5,
)
@given(data=st.data())
def test_a_cut_archive_is_refused_wherever_it_is_cut(
    tmp_path: Path, make_container: MakeContainer, data: st.DataObject
) -> None:
    container = make_container()
    whole = tar_of(saved(container))
    # The last blocks of a tar file are padding.
    last = whole.rindex(LAYER) + len(LAYER) - 1
    cut = data.draw(st.integers(0, last))
    path = written(tmp_path, container, whole[:cut])
    assert "is not a whole image archive" in refused(path, container)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=settings().max_examples * 3 // 5,
)
@given(content=st.binary(max_size=2000))
def test_any_other_file_is_refused(
    tmp_path: Path, make_container: MakeContainer, content: bytes
) -> None:
    container = make_container()
    path = written(tmp_path, container, content)
    assert "is not a whole image archive" in refused(path, container)


def test_what_is_exported_can_be_loaded_again(
    real_engine: Engine,
    tmp_path: Path,
    make_container: MakeContainer,
    make_archive: Callable[[Container], bytes],
) -> None:
    container = make_container()
    real_engine.load([make_archive(container)])
    before = real_engine.image(container.image)
    path = save_archive(real_engine, container, tmp_path / "new" / "images")
    real_engine.remove(container.image)
    load_archive(real_engine, container, path.parent)
    assert before
    assert real_engine.image(container.image) == before


def test_a_failed_export_leaves_the_last_one(
    fake_engine: FakeEngine, tmp_path: Path, make_container: MakeContainer
) -> None:
    container = make_container()
    path = written(tmp_path, container, b"the last one")
    fake_engine.archives[container.image] = b"no archive"
    engine = connect()
    with pytest.raises(InputError, match="is not a whole image archive"):
        save_archive(engine, container, tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == b"the last one"
    with pytest.raises(InputError, match="File exists"):
        save_archive(engine, container, path)
    engine.client.close()
