"""Every kind of case, by the name of its tables in case files, registered once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from manylinux_conformance.questions.build import Build
from manylinux_conformance.questions.choose import Choose
from manylinux_conformance.questions.expand import Expand
from manylinux_conformance.questions.listing import Listing
from manylinux_conformance.questions.load import Load
from manylinux_conformance.questions.parse import Parse
from manylinux_conformance.questions.upload import Upload

AnyCase = Choose | Parse | Expand | Listing | Load | Build | Upload

KINDS: Mapping[str, type[AnyCase]] = MappingProxyType(
    {
        "choose": Choose,
        "parse": Parse,
        "expand": Expand,
        "listing": Listing,
        "load": Load,
        "build": Build,
        "upload": Upload,
    }
)
