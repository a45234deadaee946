"""A place that has answers is described in a sentence."""

from __future__ import annotations

import pytest
from manylinux_conformance.results.systems import System
from manylinux_docs.evidence.places import Place
from manylinux_docs.evidence.scores import ScoredPlatform


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("manylinux_2_28_ppc64le",
         "No system: a build for this tag, glibc 2.28 on ppc64le, was asked for."),
        ("centos-7-x86_64-as-2.40", "The container centos-7-x86_64, in which a shim"),
        ("nowhere", "The catalogue does not describe it."),
    ],
)  # fmt: skip
def test_place_without_an_entry_is_described_by_its_name(
    name: str, sentence: str
) -> None:
    place = Place(ScoredPlatform(None, System.MODEL, name), None, None, ())
    assert place.sentence.startswith(sentence)
