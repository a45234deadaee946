"""The engines of platforms: each is connected to once."""

from __future__ import annotations

import threading

from manylinux_conformance.errors import InputError, SuiteError
from manylinux_conformance.images.engines.engine import Engine, connect
from manylinux_conformance.platforms.catalogue import Container


class Engines:
    """Connections to engines; ``address`` replaces what the catalogue says."""

    def __init__(self, address: str = "") -> None:
        self._address = address
        self._known: dict[str, Engine | InputError | SuiteError] = {}
        self._connecting = threading.Lock()

    def of(self, container: Container) -> Engine:
        """Return the engine of a platform.

        Raises what ``connect`` raises, each time anew for the same address.
        """
        address = self._address or container.release.engine
        with self._connecting:
            if address not in self._known:
                self._known[address] = _connected(address)
        known = self._known[address]
        if isinstance(known, Engine):
            return known
        raise known.with_traceback(None)


def _connected(address: str) -> Engine | InputError | SuiteError:
    try:
        return connect(address)
    except (InputError, SuiteError) as error:
        return error
