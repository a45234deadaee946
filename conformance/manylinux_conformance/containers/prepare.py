"""Preparing platforms: an image from the first source that has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from manylinux_conformance.containers.catalogue import Container
from manylinux_conformance.containers.engine import LABEL, Engine, Image
from manylinux_conformance.containers.image_archive import image_archive
from manylinux_conformance.containers.mirror import root_file_system
from manylinux_conformance.input_error import InputError
from manylinux_conformance.releases import Source

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user wants of the sources.

    ``source``: only this one.  ``mirror``: a Debian mirror other than the default.
    ``archives``: a folder of archives, named as ``export`` names them.
    """

    source: Source | None = None
    mirror: str = ""
    archives: Path | None = None


def prepare(engine: Engine, container: Container, wishes: Wishes, say: Say) -> Image:
    """Give the engine a container's image; return at once if it has it.

    Raises InputError with every source's reason if none of them has the image.
    """
    if present := engine.image(container.image):
        return present
    reasons = []
    for source in container.sources:
        if wishes.source in {None, source}:
            try:
                _fetch(engine, container, source, wishes, say)
                return _checked(engine, container)
            except InputError as error:
                reasons.append(f"{source}: {error.path}: {error.reason}")
    reason = "; ".join(reasons) or "has no such source"
    raise InputError(container.name, reason)


def _fetch(
    engine: Engine, container: Container, source: Source, wishes: Wishes, say: Say
) -> None:
    if source is Source.MIRROR:
        labels = {LABEL: container.name, f"{LABEL}.source": source.value}
        with root_file_system(container, wishes.mirror, say) as root:
            say("loading into the engine")
            engine.load(image_archive(root, container.image, container.arch, labels))


def _checked(engine: Engine, container: Container) -> Image:
    image = engine.image(container.image)
    if image is None:
        raise InputError(container.name, "was loaded, yet the engine does not have it")
    return image
