"""Writes the files for programs beside the pages of an HTML build that succeeded."""

from __future__ import annotations

from pathlib import Path

import msgspec
from manylinux_conformance.tools.adapter_keys import schema as adapter_schema
from sphinx.application import Sphinx

from manylinux_docs.evidence.evidence import load_evidence
from manylinux_docs.files.badges import badges
from manylinux_docs.files.rules_json import publish, rules_schema
from manylinux_docs.rendering.rule_anchors import documents_of_rules


def write_files(app: Sphinx, exception: Exception | None) -> None:
    """Write ``rules.json``, both schemas and ``badges/<role>/<tool>.json``."""
    if exception is not None or app.builder.format != "html":
        return
    out, edition = Path(app.outdir), app.config.version
    evidence = load_evidence(app.env)
    urls = {
        rule: f"{app.builder.get_target_uri(docname)}#{rule}"
        for rule, docname in documents_of_rules(app.env).items()
    }
    _write(out / "rules.json", publish(evidence, edition, urls))
    _write(out / "rules-schema.json", rules_schema())
    _write(out / "adapter.schema.json", adapter_schema())
    for (role, tool), badge in badges(evidence).items():
        _write(out / "badges" / role / f"{tool}.json", badge)


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    encoded = msgspec.json.format(msgspec.json.encode(content), indent=1)
    path.write_bytes(encoded + b"\n")
