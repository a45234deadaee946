"""Images of each kind of ELF file."""

from __future__ import annotations

import pytest
from tests.reading.image import Image


@pytest.fixture(params=[(64, "<"), (64, ">"), (32, "<"), (32, ">")], ids=str)
def image(request: pytest.FixtureRequest) -> Image:
    """Return an empty image of each class and byte order."""
    bits, order = request.param
    return Image(bits=bits, order=order)
