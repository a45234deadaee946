"""``manylinux audit`` and ``check`` as whole processes: reports, statuses, order."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import manylinux_reference
import pytest
from manylinux_fixtures.recipes.recipe import Expectation
from manylinux_reference.commands import cli
from manylinux_reference.commands.many_wheels import audits, report_on
from manylinux_reference.commands.reports.report_json import as_object
from manylinux_reference.rules.wheel.audit import ALL_HOLD, FALSE_CLAIM, UNUSABLE

if TYPE_CHECKING:
    from manylinux_fixtures.corpus.fixtures import Fixture

PACKAGE = Path(manylinux_reference.__file__).parent
SCHEMA = json.loads((PACKAGE / "commands/audit.schema.json").read_text("utf-8"))
TYPES = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "null": type(None),
    "array": list,
    "object": dict,
}


def fits(value: object, schema: dict[str, object]) -> bool:
    """Say whether a value fits the parts of JSON Schema that the report's uses."""
    if "$ref" in schema:
        schema = SCHEMA["$defs"][str(schema["$ref"]).rpartition("/")[2]]
    if "const" in schema or "enum" in schema:
        allowed = schema.get("enum", [schema.get("const")])
        return isinstance(allowed, list) and value in allowed
    kind = schema["type"]
    names = kind if isinstance(kind, list) else [str(kind)]
    if not isinstance(value, tuple(TYPES[name] for name in names)):
        return False
    if isinstance(value, list) and isinstance(schema["items"], dict):
        return all(fits(each, schema["items"]) for each in value)
    if isinstance(value, dict) and isinstance(schema.get("properties"), dict):
        properties, required = schema["properties"], schema["required"]
        assert isinstance(properties, dict)
        assert isinstance(required, list)
        return set(required) <= value.keys() <= properties.keys() and all(
            fits(each, properties[key]) for key, each in value.items()
        )
    return True


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "manylinux_reference.commands.cli", *words],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def some(corpus: dict[str, Fixture]) -> dict[Expectation, str]:
    """Return a wheel of each expectation."""
    return {
        fixture.expectation: path
        for path, fixture in corpus.items()
        if fixture.recipe.rule == "wheel.versions.provider"
        or fixture.id.startswith("wheel.stack.executable/")
        or fixture.expectation is Expectation.DISCOURAGED
    }


@pytest.fixture
def broken(tmp_path: Path) -> str:
    path = tmp_path / "broken-1-py3-none-manylinux_2_17_x86_64.whl"
    path.write_bytes(b"PK")
    return str(path)


@pytest.fixture
def pure(corpus: dict[str, Fixture]) -> str:
    return next(
        path
        for path, fixture in corpus.items()
        if fixture.recipe.rule == "auditor.outcome.no-elf" and fixture.recipe.false
    )


def test_every_report_fits_the_schema(corpus: dict[str, Fixture], broken: str) -> None:
    for path in [*list(corpus)[::5], broken]:
        report = json.loads(json.dumps(as_object(report_on(path))))
        assert fits(report, SCHEMA), report


def test_schema_check_notices_what_does_not_fit(broken: str) -> None:
    report = as_object(report_on(broken))
    assert fits(report, SCHEMA)
    for wrong in (
        report | {"format": 1},
        report | {"claims": [{}]},
        report | {"oldest": 3},
        report | {"extra": ""},
        {},
    ):
        assert not fits(wrong, SCHEMA)


def test_check_fails_for_a_false_claim_and_audit_does_not(
    some: dict[Expectation, str],
) -> None:
    wheel = some[Expectation.VIOLATES]
    assert run("check", wheel).returncode == FALSE_CLAIM
    assert run("audit", wheel).returncode == ALL_HOLD


def test_a_true_claim_holds_despite_advice(some: dict[Expectation, str]) -> None:
    wheel = some[Expectation.DISCOURAGED]
    done = run("audit", wheel)
    assert "holds" in done.stdout
    assert "advice: wheel." in done.stdout
    assert "advice: wheel." not in run("check", wheel).stdout
    assert run("check", wheel).returncode == ALL_HOLD


@pytest.mark.parametrize("command", ["audit", "check"])
def test_an_unusable_wheel_is_one_line_and_status_2(command: str, broken: str) -> None:
    done = run(command, broken)
    assert done.returncode == UNUSABLE
    assert done.stdout.splitlines() == [
        f"{Path(broken).name}: error: not a zip archive, or cut off"
    ]
    assert done.stderr == ""


def test_a_wheel_without_elf_files_has_its_own_outcome(pure: str) -> None:
    done = run("check", "--json", pure)
    report = json.loads(done.stdout)
    assert report["outcome"] == "no-elf"
    assert report["claims"][0]["findings"][0]["rule"] == "wheel.contents.elf"
    assert "contains no ELF file" in run("audit", pure).stdout


def test_folders_are_searched_and_reports_keep_their_order(
    corpus: dict[str, Fixture], broken: str
) -> None:
    wheels = sorted(path for path in corpus if "/wheel.stack." in path)
    folders = sorted({str(Path(path).parent) for path in wheels})
    alone = run("audit", "--json", "--jobs", "1", *folders, broken)
    together = run("audit", "--json", "--jobs", "2", *folders, broken)
    assert together.stdout == alone.stdout
    names = [json.loads(line)["wheel"] for line in together.stdout.splitlines()]
    assert names == [Path(path).name for path in [*wheels, broken]]
    assert together.returncode == UNUSABLE


def test_an_empty_folder_is_not_a_success(tmp_path: Path) -> None:
    done = run("check", str(tmp_path))
    assert done.returncode == UNUSABLE
    assert "there is no wheel" in done.stderr


def test_without_wheels_the_usage_is_shown() -> None:
    done = run("check")
    assert done.returncode == UNUSABLE
    assert done.stderr.startswith("usage: manylinux check")


def test_progress_is_shown_on_a_terminal_alone(
    some: dict[Expectation, str],
) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "manylinux_reference.commands.cli", "check"]
    wheel = some[Expectation.DISCOURAGED]
    done = subprocess.run(
        [*command, wheel, wheel],
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        check=False,
    )
    os.close(theirs)
    assert done.returncode == ALL_HOLD
    assert b"1 of 2 wheels" in os.read(ours, 1000)
    os.close(ours)
    assert run("check", wheel, wheel).stderr == ""


def test_nothing_is_opened_but_the_wheel(some: dict[Expectation, str]) -> None:
    opened: list[str] = []
    active = [True]

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if active and event in ("open", "os.listdir", "os.scandir"):
            opened.append(str(arguments[0]))

    wheels = list(some.values())
    for wheel in wheels:
        report_on(wheel)  # imports what it needs
    sys.addaudithook(watch)
    for wheel in wheels:
        report_on(wheel)
    active.clear()
    own = (str(PACKAGE / f"reading/{name}.txt") for name in ("policy", "glibc_names"))
    assert set(opened) == {*own, *wheels}


def test_audits_in_this_process_and_in_others_agree(corpus: dict[str, Fixture]) -> None:
    paths = list(corpus)[:20]
    alone = [as_object(report) for report in audits(paths, jobs=1)]
    assert [as_object(report) for report in audits(paths, jobs=2)] == alone


def test_plain_words_and_options_mean_the_same(
    some: dict[Expectation, str], capsys: pytest.CaptureFixture[str]
) -> None:
    wheel = some[Expectation.VIOLATES]
    assert cli.main(["check", wheel]) == FALSE_CLAIM
    plain = capsys.readouterr().out
    assert cli.main(["check", "--jobs", "1", wheel]) == FALSE_CLAIM
    assert capsys.readouterr().out == plain
