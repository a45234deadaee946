"""Every wheel of the corpus: its own rule decides what its recipe says."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from manylinux_fixtures.corpus.fixtures import Fixture, fixtures
from manylinux_fixtures.recipes.recipe import Expectation
from manylinux_reference.commands.many_wheels import report_on
from manylinux_reference.rules.findings import Finding, Outcome, Report
from manylinux_spec.architectures import architectures
from manylinux_spec.folder import spec_folder

if TYPE_CHECKING:
    from pathlib import Path

REFUSED_BY = {  # rules that say what counts; the wheel is then refused by another
    "wheel.contents.any-name": {"wheel.versions.listed"},
    "wheel.levels.before-first": {"wheel.versions.listed"},
    "wheel.levels.monotone": {"wheel.versions.listed"},
    "wheel.needed.additional-libraries": {"wheel.needed.allowed"},
    "wheel.needed.filters": {"wheel.needed.allowed", "wheel.needed.reached"},
    "wheel.needed.no-path": {"wheel.needed.no-path", "wheel.versions.needed"},
    "wheel.relocations.relr": {
        "wheel.relocations.relr",
        "wheel.relocations.relr-marker",
    },
    "wheel.versions.loader": {"wheel.versions.loader", "wheel.versions.provider"},
    "wheel.versions.named-nodes": {
        "wheel.versions.named-nodes",
        "wheel.versions.dt-relr",
    },
    "wheel.versions.newer-glibc": {"wheel.needed.allowed", "wheel.versions.listed"},
    "wheel.versions.weak-need": {"wheel.versions.listed"},
}
ADVISED_BY = {  # what is allowed, and advised against all the same
    "wheel.needed.additional-libraries": {"wheel.needed.everywhere"},
}
LOCK = json.loads((spec_folder() / "rules.lock").read_text())
RULES = {rule["id"] for rule in LOCK["rules"]}


@dataclass(frozen=True, slots=True)
class Audited:
    """A wheel of the corpus, and what the auditor says of it."""

    fixture: Fixture
    report: Report

    @property
    def members(self) -> set[str]:
        """The names in the archive, also without a folder, and those in its RECORD."""
        with zipfile.ZipFile(io.BytesIO(self.fixture.content())) as archive:
            names = archive.namelist()
            records = [archive.read(name) for name in names if name.endswith("/RECORD")]
        rows = csv.reader(b"\n".join(records).decode().splitlines())
        last = {name.rpartition("/")[2] for name in names}
        return {"", *names, *last, *(row[0] for row in rows if row)}

    @property
    def findings(self) -> list[Finding]:
        """What is held against a claim, or advised."""
        found = {
            id(each): each for claim in self.report.claims for each in claim.against
        }
        return [*found.values(), *self.report.advice]

    @property
    def false(self) -> set[str]:
        """The claims that some rule speaks against, with whatever right."""
        return {claim.tag for claim in self.report.claims if claim.against}


@pytest.fixture(scope="module", params=[*architectures()])
def audited(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> list[Audited]:
    """Write and audit the wheels of one architecture."""
    folder = tmp_path_factory.mktemp("corpus")
    mine = [each for each in fixtures() if each.recipe.arch[0] == request.param]
    return [Audited(each, audit(each, folder)) for each in mine]


def audit(fixture: Fixture, folder: Path) -> Report:
    path = folder / fixture.path
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(fixture.content())
    report = report_on(str(path))
    path.unlink()
    return report


def test_claims_are_false_where_the_recipe_says_so(audited: list[Audited]) -> None:
    wrong = [
        (each.fixture.id, each.report.error, each.false)
        for each in audited
        if each.report.outcome == Outcome.UNUSABLE
        or each.false != set(each.fixture.recipe.false)
    ]
    assert wrong == []


def test_wheels_are_refused_by_their_own_rule_alone(audited: list[Audited]) -> None:
    for each in audited:
        rule = each.fixture.recipe.rule
        found = {
            finding.rule for claim in each.report.claims for finding in claim.against
        }
        if found and rule.startswith("wheel."):
            assert found <= REFUSED_BY.get(rule, {rule}), each.fixture.id


def test_advice_is_given_where_the_recipe_discourages(audited: list[Audited]) -> None:
    for each in audited:
        advised = {finding.rule for finding in each.report.advice}
        if each.fixture.expectation is Expectation.DISCOURAGED:
            rule = each.fixture.recipe.rule
            assert advised == ADVISED_BY.get(rule, {rule}), each.fixture.id
        elif each.fixture.expectation is Expectation.HOLDS:
            assert advised == set(), each.fixture.id


def test_oldest_level_is_the_recipes(audited: list[Audited]) -> None:
    aside = (Outcome.OBJECTIONS, Outcome.CONDITION, Outcome.NO_ELF)
    for each in audited:
        recipe = each.fixture.recipe
        if recipe.oldest != "unstated" and each.report.outcome not in aside:
            tag = f"manylinux_{recipe.oldest}_{recipe.arch[0]}"
            expected = None if recipe.oldest == "none" else tag
            assert each.report.oldest == expected, each.fixture.id


def test_findings_name_a_rule_and_a_member_of_the_wheel(audited: list[Audited]) -> None:
    for each in audited:
        for finding in each.findings:
            assert finding.rule in RULES, each.fixture.id
            assert finding.member in each.members, (
                each.fixture.id,
                finding.text,
            )


def test_evidence_is_what_the_text_says(audited: list[Audited]) -> None:
    for each in audited:
        for finding in each.findings:
            for key, value in finding.evidence.items():
                assert value is not None, (each.fixture.id, key)
                if isinstance(value, str):
                    assert value in finding.text, (each.fixture.id, key, finding.text)


EVIDENCE = {  # by rule, or by the first two words of several
    "wheel.bundled.glibc": {"library"},
    "wheel.bundled.unique-name": {"library"},
    "wheel.elf": {"offset"},
    "wheel.needed": {"library"},
    "wheel.runpath": {"path"},
    "wheel.segments": {"offset"},
    "wheel.symbols": {"symbol"},
    "wheel.symbols.cxx-versioned": set(),  # all of them are symbols of the finding
    "wheel.symbols.glibc-2-18": {"library", "symbol"},
    "wheel.symbols.versioned": {"library", "symbol", "version"},
    "wheel.symbols.zlib": {"library", "symbol"},
    "wheel.versions": {"library", "version"},
    "wheel.versions.needed": {"library"},
}


def test_findings_say_what_the_breach_is_about(audited: list[Audited]) -> None:
    for each in audited:
        for finding in each.findings:
            group = ".".join(finding.rule.split(".")[:2])
            wanted = EVIDENCE.get(finding.rule, EVIDENCE.get(group, set()))
            if group == "wheel.versions" and finding.symbols:
                wanted = wanted | {"symbol"}
            if finding.rule == "wheel.symbols.contained":
                wanted = wanted | (finding.evidence.keys() & {"library", "version"})
            assert finding.evidence.keys() == wanted, (each.fixture.id, finding.text)
