"""What is on file: all about a rule, about a tag, and about names for an index."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec
from manylinux_fixtures.files.data_folder import data_path
from manylinux_spec.folder import spec_folder
from manylinux_spec.input_files import read_toml

from manylinux_conformance.asking.index.table import Index
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError, nearest
from manylinux_conformance.forcing.deciders import read_deciders
from manylinux_conformance.history.answers import read_answers
from manylinux_conformance.history.milestones import levels_since
from manylinux_conformance.judging.index_names import evidence_of, foretold
from manylinux_conformance.platforms.platform import PlatformFile
from manylinux_conformance.questions.upload import Became
from manylinux_conformance.reports.explain import explain as lines_about
from manylinux_conformance.reports.overview import (
    Location,
    Overview,
    commands,
    lines,
    locations_of,
    measured,
)
from manylinux_conformance.results.blocks import (
    Block,
    read_blocks,
    read_results,
    result_files,
)
from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.suite.load import Suite, load_suite
from manylinux_conformance.suite.locations import examples_in, written_below
from manylinux_conformance.suite.rules import Rule, parents_of
from manylinux_conformance.tools.adapters import read_adapter


@click.command(
    epilog="\b\nExample:\n  manylinux-conformance show installer.glibc.at-least"
)
@click.argument("rule")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def show(rule: str, *, as_json: bool) -> None:
    """Show a RULE: its text, cases and recipes with file and line, and its evidence.

    The function that decides the rule in the reference is named, too, and so are the
    answers of each tool on file, and the commands that ask again.
    """
    suite = load_suite()
    if rule not in suite.rules:
        raise InputError(rule, f"there is no such rule{nearest(rule, suite.rules)}")
    overview = _overview(suite, suite.rules[rule])
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(overview), indent=1))
    else:
        click.echo("\n".join(lines(overview)))


@click.command(
    epilog="\b\nExample:\n  manylinux-conformance explain manylinux_2_28_x86_64"
)
@click.argument("tag")
def explain(tag: str) -> None:
    """Say what a TAG promises, on which systems it works, and who knows it.

    Of several tags with dots between them, one has to fit.
    """
    files = sorted(data_folder("platforms").glob("*.toml"))
    catalogue = {path.stem: read_toml(path, PlatformFile).release for path in files}
    pip = read_answers(data_folder("history") / "answers" / "installer-pip.jsonl")
    known = {name: each.release.version for name, each in levels_since(pip).items()}
    members = tag.lower().split(".") if not tag.endswith(".whl") else [tag]
    files = result_files(data_folder("results"))
    on_file = [path for path in files if path.name.startswith("installer-")]
    blocks = [block for path in on_file for block in read_blocks(path)]
    asked = [block for block in blocks if block.header.tool != "reference"]
    for each in members:
        click.echo("\n".join(lines_about(each, catalogue, known, asked)))


@click.command(
    epilog="\b\nExample:\n"
    "  manylinux-conformance gate-names --index gated-pypiserver dist/*.whl\n\n"
    "Exit status: 0 every name would be taken, 1 one would not, or is not known."
)
@click.option("--index", required=True, help="NAME or NAME==VERSION of an index.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
def gate_names(index: str, files: tuple[str, ...]) -> None:
    """Say whether an index whose answers are on file would take these FILE names.

    Only the names are looked at, so the files need not exist.  A name is taken or
    refused if every recorded name of its kind was; of other kinds nothing is known.
    """
    suite = load_suite()
    block = _on_file(index)
    day = _adapter_day(block.header.tool)
    click.echo(f"{block.header.name}, as it answered on {day or 'a day not noted'}")
    evidence = evidence_of(suite.cases, block.results)
    said = [foretold(Path(each).name, evidence) for each in files]
    for each in said:
        click.echo(f"{each.filename}: {each.became or 'not known'}: {each.why}")
    sys.exit(any(each.became is not Became.ACCEPTED for each in said))


def _on_file(index: str) -> Block:
    """Return the answers of an index; raises InputError if there are none."""
    blocks = read_results(data_folder("results"))
    mine = [each for each in blocks if each.header.role is Role.INDEX and each.results]
    name, _, version = index.partition("==")
    for block in reversed(mine):
        if block.header.tool == name and version in {"", block.header.version}:
            return block
    known = ", ".join(sorted({each.header.tool for each in mine}))
    raise InputError(index, f"is no index with answers on file; there are {known}")


def _adapter_day(tool: str) -> str:
    """Return the day of an index's answers; empty if its adapter does not say."""
    adapter = read_adapter(data_folder("tools") / f"{tool}.toml")
    recorded = adapter.table(Index).recorded
    return recorded.isoformat() if recorded else ""


def _overview(suite: Suite, rule: Rule) -> Overview:
    spec, cases, recipes = spec_folder(), data_folder("cases"), data_path("recipes")
    # Below the folder of a clone; an installed suite has no one folder of its data.
    root = spec.parent if cases.is_relative_to(spec.parent) else Path()
    chapter = spec / f"{rule.chapter}.md"
    written = (*written_below(cases), *examples_in(chapter, rule))
    asked = {one.name: str(one.platform) for one in suite.cases if one.rule == rule.id}
    found = tuple(locations_of(rule.id, written, root, asked))
    wheels = tuple(locations_of(rule.id, written_below(recipes), root, {}))
    answers = read_results(data_folder("results"))
    again = commands(rule, has_cases=bool(found), has_recipes=bool(wheels))
    return Overview(
        rule=rule,
        text=f"{_below(chapter, root)}:{rule.line}",
        cases=found,
        recipes=wheels,
        deciders=tuple(_deciders(rule.id)),
        tools=tuple(measured(rule.id, answers, parents_of(suite.rules))),
        commands=tuple(again),
    )


def _deciders(rule: str) -> list[Location]:
    reference = read_adapter(data_folder("tools") / "reference.toml")
    found = read_deciders(reference).get(rule, ())
    return [
        Location(
            each.function, f"reference/manylinux_reference/{each.file}:{each.line}"
        )
        for each in found
    ]


def _below(path: Path, folder: Path) -> str:
    inside = path.is_relative_to(folder)
    return (path.relative_to(folder) if inside else path).as_posix()
