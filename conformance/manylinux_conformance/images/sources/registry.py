"""The registry source: images pulled by digest, which a lock holds ever after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from manylinux_conformance.errors import FetchError
from manylinux_conformance.images.engines.engine import Engine
from manylinux_conformance.images.sources.image_lock import ImageLockFile, LockedImage
from manylinux_conformance.platforms.catalogue import Container

OFFICIAL = "library/"  # where the usual registry keeps what is named without a folder


@dataclass(frozen=True, slots=True)
class Pull:
    """One pull of a platform's image.

    ``host``: a registry that has the images under their upstream names, in place of
    those that the names say; empty: those.
    """

    engine: Engine
    container: Container
    host: str
    say: Callable[[str], None]

    def pull(self, lock: ImageLockFile, *, accept_changed: bool = False) -> None:
        """Pull the image, give it the platform's name, and lock its digest.

        Raises FetchError if the registry does not give the image, if its digest is not
        the locked one, or if it is for another architecture.
        """
        name, reference = self.container.name, self.container.reference
        where = at_host(reference, self.host)
        self.say("asking the registry")
        digest = self.engine.registry_digest(where)
        locked = lock.read().get(name)
        if locked and locked.digest != digest and not accept_changed:
            raise FetchError(where, *_changed(digest, locked, lock))
        self._take(f"{where.rpartition(':')[0]}@{digest}")
        lock.note(LockedImage(name, reference, digest))

    def _take(self, exact: str) -> None:
        """Pull by digest and check; only the platform's name stays."""
        arch = self.container.arch
        had = self.engine.image(exact)
        self.engine.pull(exact, arch.platform, self.say)
        try:
            image = self.engine.image(exact)
            if image and image.architecture != arch.image:
                reason = f"is for {image.architecture}, not for {arch.image}"
                raise FetchError(exact, reason)
            self.engine.name(exact, self.container.image)
        finally:
            if not had:
                self.engine.remove(exact)


def at_host(reference: str, host: str) -> str:
    """Return a reference at another registry that has the same names.

    Names without a host are the usual registry's, and those without a folder its
    official images.
    """
    if not host:
        return reference if ":" in reference else f"{reference}:latest"
    first, slash, rest = reference.partition("/")
    if not slash:
        path = OFFICIAL + reference
    else:
        path = rest if "." in first or ":" in first else reference
    path = path if ":" in path else f"{path}:latest"
    return f"{host.rstrip('/')}/{path}"


def _changed(digest: str, locked: LockedImage, lock: ImageLockFile) -> tuple[str, str]:
    """Return the reason, and the command that takes what the registry has now."""
    reason = f"has changed: it is {digest}, and {lock.path} has {locked.digest}"
    prepare = f"manylinux-conformance platforms prepare {locked.platform}"
    return reason, f"{prepare} --accept-changed"
