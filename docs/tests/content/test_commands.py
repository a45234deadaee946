"""Commands that are shown, or run by a machine: the programs take each of them."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml
from manylinux_conformance.cli.main import main
from manylinux_reference.commands.cli import _parser

ROOT = Path(__file__).parents[3]
SHOWN = re.compile(r"^\s*\$ (.*)$", re.MULTILINE)
STEP = re.compile(r"(?:^|[\s/\"])(manylinux(?:-conformance)? (?!-)[^|&>;\n]+)")
QUOTED = re.compile(r'"\$suite/(manylinux(?:-conformance)?)"')
PAGES = (
    *("README.md", "CONTRIBUTING.md", "SECURITY.md"),
    *(str(path.relative_to(ROOT)) for path in (ROOT / "docs" / "guides").glob("*.md")),
)
MACHINES = (
    *("action.yml", "check/action.yml", "docs/examples/gitlab-ci.yml"),
    *(
        str(path.relative_to(ROOT))
        for path in (ROOT / ".github" / "workflows").glob("*.yml")
    ),
)


def shown() -> Iterator[tuple[str, str]]:
    """Yield each command that a page shows."""
    for page in PAGES:
        for line in SHOWN.findall((ROOT / page).read_text("utf-8")):
            if line.startswith(("manylinux ", "manylinux-conformance ")):
                yield page, line


def run_by_machines() -> Iterator[tuple[str, str]]:
    """Yield each command in a step of a job, an action or a hook."""
    for name in MACHINES:
        for script in scripts(yaml.safe_load((ROOT / name).read_text("utf-8"))):
            for command in STEP.findall(QUOTED.sub(r"\1", script)):
                yield name, command
    for hook in hooks():
        yield ".pre-commit-hooks.yaml", f"{hook['entry']} some.file"


def hooks() -> list[dict[str, str]]:
    """Return the hooks of pre-commit."""
    read = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert isinstance(read, list)
    return read


def scripts(content: object) -> Iterator[str]:
    """Yield the texts under ``run`` and ``script``, wherever they are."""
    if isinstance(content, dict):
        for key, value in content.items():
            if key in {"run", "script"}:
                yield from [value] if isinstance(value, str) else value
            else:
                yield from scripts(value)
    elif isinstance(content, list):
        for value in content:
            yield from scripts(value)


def parse(words: list[str]) -> None:
    """Parse a command line of either program; files that it names need not exist."""
    program, *rest = words
    if program == "manylinux":
        _parser(rest).parse_args(rest)
        return
    command: click.Command = main
    while isinstance(command, click.Group) and not rest[0].startswith("-"):
        name, *rest = rest
        assert name in command.commands, f"{program}: no command {name}"
        command = command.commands[name]
    context = click.Context(command)
    _, left, _ = command.make_parser(context).parse_args(rest)
    assert not left


@pytest.mark.parametrize(("page", "line"), sorted(shown()))
def test_a_shown_command_can_be_typed(page: str, line: str) -> None:
    assert page
    parse(shlex.split(line.partition(" > ")[0]))


@pytest.mark.parametrize(("name", "line"), sorted(run_by_machines()))
def test_a_step_runs_a_command_that_there_is(name: str, line: str) -> None:
    assert name
    plain = line.replace('"${arguments[@]}"', "")  # options that somebody adds
    parse(shlex.split(re.sub(r"\$\{\w+\[@\]\}|\$\w+", "word", plain)))


@pytest.mark.parametrize("name", MACHINES[:3])
def test_an_action_or_example_runs_the_suite(name: str) -> None:
    assert name in dict(run_by_machines())


def test_hooks_start_programs_that_are_installed() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        programs = tomllib.load(file)["project"]["scripts"]
    assert hooks()
    for hook in hooks():
        assert hook["entry"].split()[0] in programs
        assert re.compile(hook["files"])
