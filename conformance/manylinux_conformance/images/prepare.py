"""Preparing a platform: an image from the first source that has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from manylinux_conformance.errors import (
    EngineError,
    FetchError,
    InputError,
    SuiteError,
    UnusableImageError,
)
from manylinux_conformance.images.engines.connections import Engines
from manylinux_conformance.images.engines.engine import LABEL, Engine, Image
from manylinux_conformance.images.engines.interruption import Interruption
from manylinux_conformance.images.sources.archive import load_archive
from manylinux_conformance.images.sources.cross_build import cross_built_root
from manylinux_conformance.images.sources.image_archive import image_archive
from manylinux_conformance.images.sources.image_lock import ImageLockFile, usual_lock
from manylinux_conformance.images.sources.mirror import root_file_system
from manylinux_conformance.images.sources.packages import packaged_root
from manylinux_conformance.images.sources.registry import Pull
from manylinux_conformance.platforms.catalogue import Container
from manylinux_conformance.platforms.releases import Source

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class PrepareOptions:
    """What a user wants of the sources.

    ``source``: only this one.  ``mirror``: a mirror other than the default.
    ``archives``: a folder of archives, named as ``export`` names them.
    ``registry``: a registry that has the images under their upstream names.
    ``lock``: the digests that images from registries must have.
    ``accept_changed``: lock what the registry has now.
    """

    source: Source | None = None
    mirror: str = ""
    archives: Path | None = None
    registry: str = ""
    lock: ImageLockFile = field(default_factory=lambda: ImageLockFile(usual_lock()))
    accept_changed: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A platform's image; ``source`` is None if it had been prepared before."""

    image: Image
    source: Source | None = None
    has_python: bool = True


@dataclass(frozen=True, slots=True)
class Preparation:
    """Preparing platforms with a user's options, until interrupted.

    ``engines`` gives the engine of a platform.
    """

    engines: Engines
    options: PrepareOptions
    interruption: Interruption = field(default_factory=Interruption)

    def prepare(self, container: Container, say: Say) -> Prepared:
        """Give the engine a platform's image; return at once if it has it.

        Raises FetchError with every source's reason if none of them has the image,
        InputError if the platform has no such source, UnusableImageError if the image
        that is there is for another architecture, and EngineError.
        """
        engine = self.engines.of(container)
        if engine.image(container.image):
            return Prepared(_checked(engine, container))
        reasons = []
        for source in container.sources:
            if self.options.source in {None, source}:
                try:
                    say = self.interruption.heeding(say)
                    self._fetch(engine, container, source, say)
                    return _prepared(engine, container, source)
                except (InputError, SuiteError) as error:
                    reasons.append(f"{source}: {error}")
        if reasons:
            raise FetchError(container.name, "; ".join(reasons))
        sources = ", ".join(container.sources) or "none"
        raise InputError(container.name, f"has no such source; its sources: {sources}")

    def _fetch(
        self, engine: Engine, container: Container, source: Source, say: Say
    ) -> None:
        options, stop = self.options, self.interruption
        match source:
            case Source.MIRROR:
                with root_file_system(container, options.mirror, say, stop) as root:
                    _load(engine, container, source, root, say)
            case Source.PACKAGES:
                with packaged_root(container, say, stop) as root:
                    _load(engine, container, source, root, say)
            case Source.CROSS_BUILD:
                with cross_built_root(container, say, stop) as root:
                    _load(engine, container, source, root, say)
            case Source.REGISTRY:
                pull = Pull(engine, container, options.registry, say)
                pull.pull(options.lock, accept_changed=options.accept_changed)
            case Source.ARCHIVE:
                if options.archives is None:
                    raise InputError("--archives", "names no folder")
                say("checking and loading the archive")
                load_archive(engine, container, options.archives)


def _load(
    engine: Engine, container: Container, source: Source, root: Path, say: Say
) -> None:
    """Load a root file system, which this machine has put together."""
    say("loading into the engine")
    labels = {LABEL: container.name, f"{LABEL}.source": source.value}
    engine.load(image_archive(root, container.image, container.arch, labels))


def _prepared(engine: Engine, container: Container, source: Source) -> Prepared:
    image = _checked(engine, container)
    # What is made from a mirror has Python in it.
    has_python = source is Source.MIRROR or engine.has_any(
        image.name, container.release.interpreters
    )
    return Prepared(image, source, has_python)


def _checked(engine: Engine, container: Container) -> Image:
    image = engine.image(container.image)
    if image is None:
        raise EngineError(container.name, "was loaded, and the engine does not have it")
    if image.architecture != container.arch.image:
        reason = f"is for {image.architecture}, not for {container.arch.image}"
        remedy = f"manylinux-conformance platforms remove {container.name}"
        raise UnusableImageError(image.name, reason, remedy)
    return image
