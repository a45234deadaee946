"""Writes both documents to a folder, and has docutils and python/peps check them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import roles
from docutils.parsers.rst.states import Inliner
from docutils.utils import SystemMessage

from manylinux_docs.evidence.evidence import read_evidence
from manylinux_docs.evidence.real_wheels import released_wheels
from manylinux_docs.pep.checkout import objections
from manylinux_docs.pep.document import pep, specification, words

ROOT = Path(__file__).parents[4]
MOST_WORDS = 6000
PEP_ROLE, PEPS = "pep", "https://peps.python.org/"
NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})


def main() -> int:
    """Write the documents; return 1 if a check complains."""
    parser = argparse.ArgumentParser(prog="nox -s pep --")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "pep")
    about = "a clone of python/peps, whose own checks are made too"
    parser.add_argument("--peps", type=Path, help=about)
    options = parser.parse_args()
    evidence = read_evidence(ROOT)
    false_wheels = released_wheels(ROOT).false
    documents = {
        "pep-9999.rst": pep(evidence, false_wheels),
        "manylinux-tags.rst": specification(evidence),
    }
    options.output.mkdir(parents=True, exist_ok=True)
    status = 0
    for name, document in documents.items():
        path = options.output / name
        path.write_text(document, "utf-8")
        for complaint in complaints(document):
            sys.stderr.write(f"{path}: {complaint}\n")
            status = 1
        sys.stdout.write(f"{path}: {words(document)} words\n")
    if options.peps:
        path = options.output / "pep-9999.rst"
        for objection in objections(options.peps, path, options.output / "peps"):
            sys.stderr.write(f"python/peps: {objection}\n")
            status = 1
    return status


def complaints(document: str) -> list[str]:
    """Return what docutils warns of, and whether the document is too long."""
    roles.register_local_role(PEP_ROLE, _pep_role)
    found = []
    if words(document) > MOST_WORDS:
        found.append(f"{words(document)} words are more than {MOST_WORDS}")
    try:
        publish_doctree(
            document, settings_overrides={"halt_level": 2, "report_level": 5}
        )
    except SystemMessage as error:
        found.append(str(error))
    return found


def _pep_role(
    _name: str, raw: str, text: str, _line: int, _inliner: Inliner,
    _options: Mapping[str, Any] = NO_OPTIONS, _content: Sequence[str] = (),
) -> tuple[Sequence[nodes.reference], Sequence[nodes.reference]]:  # fmt: skip
    """Stand for the role of python/peps, which knows sections; docutils' does not.

    The signature is that of docutils.
    """
    return [nodes.reference(raw, text, refuri=PEPS)], []


if __name__ == "__main__":
    raise SystemExit(main())
