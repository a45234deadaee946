import json
import threading
from pathlib import Path

import platformdirs
import pytest
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError
from manylinux_conformance.images.sources import image_lock
from manylinux_conformance.images.sources.image_lock import (
    ImageLockFile,
    LockedImage,
    usual_lock,
)


def locked(platform: str, digit: str = "a") -> LockedImage:
    return LockedImage(platform, "debian:12", f"sha256:{digit * 64}")


def test_a_lock_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert ImageLockFile(tmp_path / "images.lock").read() == {}


def test_digests_are_kept_in_the_order_of_the_platforms(tmp_path: Path) -> None:
    path = tmp_path / "new" / "images.lock"
    lock = ImageLockFile(path)
    for platform in ("b", "a"):
        lock.note(locked(platform))
    lock.note(locked("b", "c"))
    assert ImageLockFile(path).read() == {"a": locked("a"), "b": locked("b", "c")}
    names = [image["platform"] for image in json.loads(path.read_text())["images"]]
    assert names == ["a", "b"]
    assert [each.name for each in path.parent.iterdir()] == ["images.lock"]


def test_digests_noted_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    lock = ImageLockFile(tmp_path / "images.lock")
    names = [f"platform-{number}" for number in range(20)]
    threads = [
        threading.Thread(target=lock.note, args=(locked(name),)) for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(lock.read()) == sorted(names)


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"\xff",
        b'{"images": [{"platform": "a"}]}',
        b'{"other": 1}',
        b'{"images": [{"platform": "a", "reference": "b", "digest": "sha256:1"}]}',
    ],
)
def test_a_malformed_lock_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "images.lock"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is not a lock of images"):
        ImageLockFile(path).read()


def test_a_lock_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "images.lock"
    with pytest.raises(InputError, match=r"images\.lock"):
        ImageLockFile(path).note(locked("a"))


def test_a_clone_has_its_lock_beside_the_catalogue() -> None:
    assert usual_lock() == data_folder("platforms") / "images.lock"


def test_an_installed_suite_does_not_write_into_its_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(image_lock, "is_installed", lambda: True)
    folder = platformdirs.user_data_path("manylinux-conformance")
    assert usual_lock() == folder / "images.lock"
