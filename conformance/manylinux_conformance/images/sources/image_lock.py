"""The lock of images: the digest that each image had when it was first pulled."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated

import msgspec
import platformdirs
from manylinux_fixtures.files.atomic_file import write_whole
from manylinux_spec.input_files import read_bytes

from manylinux_conformance.data_folders import data_folder, is_installed
from manylinux_conformance.errors import InputError
from manylinux_conformance.platforms.releases import Name, Reference

NAME = "images.lock"
Digest = Annotated[str, msgspec.Meta(pattern=r"^sha256:[0-9a-f]{64}$")]


class LockedImage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a platform's image was when it was first pulled."""

    platform: Name
    reference: Reference
    digest: Digest


class ImageLock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of the file: images in the order of their platforms."""

    images: tuple[LockedImage, ...] = ()


class ImageLockFile:
    """A lock file; digests may be noted from several threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writing = threading.Lock()

    def read(self) -> dict[str, LockedImage]:
        """Return the locked images by platform; none if there is no file yet.

        Raises InputError for a file that is not a lock of images.
        """
        if not self.path.exists():
            return {}
        try:
            lock = msgspec.json.decode(read_bytes(self.path), type=ImageLock)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InputError(self.path, f"is not a lock of images: {error}") from error
        return {image.platform: image for image in lock.images}

    def note(self, image: LockedImage) -> None:
        """Write an image into the file, which is replaced whole.

        Raises InputError if the file cannot be read or written.
        """
        with self._writing:
            images = self.read() | {image.platform: image}
            lock = ImageLock(tuple(images[name] for name in sorted(images)))
            content = msgspec.json.format(msgspec.json.encode(lock), indent=1)
            try:
                write_whole(self.path, content + b"\n")
            except OSError as error:
                raise InputError(self.path, error.strerror or str(error)) from error


def usual_lock() -> Path:
    """Return the lock's usual place: beside the catalogue in a clone, else the user's.

    An installed suite does not write into its own package.
    """
    if is_installed():
        return platformdirs.user_data_path("manylinux-conformance") / NAME
    return data_folder("platforms") / NAME
