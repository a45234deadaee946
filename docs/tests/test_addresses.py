"""Addresses: what people and programs may rely on, on this site and from others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from manylinux_conformance.results.blocks import Block, read_blocks, write_blocks
from manylinux_conformance.results.verdicts import Role
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace
from sphinx.util.inventory import InventoryFile

if TYPE_CHECKING:
    from docs.tests.conftest import Build, Built

IDENTIFIERS = ("demo.first", "demo.second", "demo.old", "demo.gone")


@pytest.mark.parametrize("identifier", IDENTIFIERS)
@pytest.mark.parametrize("kind", ["std:rule", "std:label"])
def test_inventory_names_every_identifier(
    built: Built, identifier: str, kind: str
) -> None:
    inventory = InventoryFile.loads((built.site / "objects.inv").read_bytes(), uri="")
    address = inventory.data[kind][identifier].uri
    page, _, fragment = address.partition("#")
    assert fragment == identifier
    assert built.one(page.removesuffix(".html"), f'[id="{identifier}"]')


@pytest.mark.parametrize(
    ("role", "conf"),
    [
        ("ref", ""),
        ("rule", 'def setup(app): app.add_crossref_type("rule", "rule")'),
    ],
)
def test_another_project_refers_to_a_rule(
    built: Built, tmp_path: Path, role: str, conf: str
) -> None:
    inventory = built.site / "objects.inv"
    mapping = {"manylinux": ("https://example.org/", str(inventory))}
    (tmp_path / "conf.py").write_text(
        'extensions = ["sphinx.ext.intersphinx"]\n'
        f"intersphinx_mapping = {mapping}\n{conf}\n"
    )
    (tmp_path / "index.rst").write_text(f"T\n=\n\n:{role}:`demo.first`\n")
    with docutils_namespace():
        out = tmp_path / "out"
        app = Sphinx(
            tmp_path, tmp_path, out, out, "html", {"nitpicky": True}, status=None
        )
        app.build()
    page = (out / "index.html").read_text()
    assert 'href="https://example.org/spec/demo.html#demo.first"' in page


@pytest.mark.parametrize("identifier", IDENTIFIERS)
def test_every_identifier_has_its_own_address(built: Built, identifier: str) -> None:
    title = built.text(f"r/{identifier}/index", "h1")
    assert title.startswith(identifier)


def test_page_of_a_rule_shows_the_rule_once_with_its_whole_evidence(
    built: Built,
) -> None:
    page = "r/demo.first/index"
    assert built.one(page, ".rule")
    links = [link["href"] for link in built.all(page, ".rule-text a")]
    assert links == ["../../spec/demo.html#demo.second", "../../docs/tables.html"]
    row = built.text(page, '[id="installer-slow-1.9"]')
    assert "0 of 1" in row
    assert "the answer was manylinux_2_18_x86_64 (bug). On glibc-2.17." in row
    text = built.text(page, "article")
    assert "edition 2026.1, rule demo.first , revision 1" in text
    assert "compare() takes versions as text: `1.10' is first." in text
    assert "manylinux-conformance run --rule demo.first" in text


def test_page_of_a_rule_tells_platforms_apart_the_most_real_first(
    built: Built,
) -> None:
    rows = built.all("r/demo.first/index", ".rule-places tbody tr")
    cells = [
        [" ".join(cell.get_text().split()) for cell in row.select("th, td")]
        for row in rows
    ]
    differs, follows = "✗differs; not explained yet", "✓follows the rule"
    assert cells == [
        ["debian-12-x86_64", "native", "", "", f"{follows} 1/1"],
        ["debian-12-s390x", "emulated", "", "", f"{differs} 0/1"],
        [
            "glibc-2.17",
            "modelled",
            "≠differs; the reason is recorded 0/1",
            f"{follows} 1/1",
            f"{differs} 0/1",
        ],
    ]


def test_difference_says_how_real_its_platform_was(built: Built) -> None:
    row = built.text("r/demo.first/index", '[id="installer-wild-3"]')
    assert "On glibc-2.17, debian-12-s390x (emulated)." in row


def of_an_auditor(block: Block) -> Block:
    replace = msgspec.structs.replace
    archs = ("x86_64", "s390x", "aarch64")
    places = ("glibc-2.17", "debian-12-s390x", "debian-12-x86_64")
    where = dict(zip(places, archs, strict=True))
    return Block(
        replace(block.header, role=Role.AUDITOR),
        tuple(
            replace(each, platform="", fidelity=None, arch=where[each.platform])
            for each in block.results
        ),
    )


def test_auditor_is_told_apart_by_what_wheels_claim(
    project: Path, build: Build
) -> None:
    path = project / "conformance/results/installer-wild-3.jsonl"
    write_blocks([of_an_auditor(each) for each in read_blocks(path)], path)
    built = build(project)
    page = "r/demo.first/index"
    headings = built.all(page, '[aria-label^="Auditors"] thead th')
    words = [heading.get_text().strip() for heading in headings]
    assert words == ["Architecture of the wheel", "wild 3"]
    row = built.text(page, '[id="auditor-wild-3"]')
    assert "On x86_64, s390x." in row


def test_rules_json_keeps_its_schema(built: Built) -> None:
    schema = json.loads((built.site / "rules-schema.json").read_text())
    rule = schema["$defs"]["PublishedRule"]
    content = json.loads((built.site / "rules.json").read_text())
    assert (content["format"], content["$schema"]) == (1, "rules-schema.json")
    for entry in content["rules"]:
        assert set(rule["required"]) <= set(entry) <= set(rule["properties"])


def test_rules_json_has_every_rule_with_its_cases(built: Built) -> None:
    from rules_json import PublishedRules  # noqa: PLC0415 - found once Sphinx ran

    content = msgspec.json.decode(
        (built.site / "rules.json").read_bytes(), type=PublishedRules
    )
    assert [rule.id for rule in content.rules] == ["demo.first", "demo.second"]
    first = content.rules[0]
    assert first.url == "spec/demo.html#demo.first"
    assert first.cases == ("demo.first/same-version", "demo.first/next-version")
    assert [entry.id for entry in content.retired] == ["demo.old", "demo.gone"]


@pytest.mark.parametrize(
    ("tool", "message", "color"),
    [
        ("slow", "1.10: 1 rules followed, 0 not", "brightgreen"),
        ("wild", "3: 0 rules followed, 1 not", "inactive"),
    ],
)
def test_badge_tells_of_the_last_version_in_one_role(
    built: Built, tool: str, message: str, color: str
) -> None:
    path = built.site / "badges" / "installer" / f"{tool}.json"
    badge = json.loads(path.read_text())
    assert badge == {
        "schemaVersion": 1,
        "label": "manylinux 2026.1 installer",
        "message": message,
        "color": color,
    }


def test_rule_on_no_page_is_a_warning(project: Path, build: Build) -> None:
    demo = (project / "spec/demo.md").read_text()
    hidden = demo.replace("demo.", "demo.hidden-")
    (project / "spec/README.md").write_text(hidden)
    assert "demo.hidden-first: this rule stands on no page" in build(project).warnings
