"""The contributor's guide: its commands ask what there is, and no status is missing."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from manylinux_conformance.cli.main import main
from manylinux_conformance.suite.filters import Wanted
from manylinux_conformance.suite.load import load_suite
from manylinux_conformance.tools.selection import choose_tools

ROOT = Path(__file__).parents[3]
PAGES = ("README.md", "docs/contributing/guide.md", "docs/guides/*.md")
COMMAND = re.compile(r"^ *\$ (manylinux-conformance .+)$", re.MULTILINE)
STATUSES = ["0", "1", "2", "3"]


def commands() -> Iterator[str]:
    """Yield the commands of the suite that the guides print."""
    for pattern in PAGES:
        for path in sorted(ROOT.glob(pattern)):
            text = path.read_text("utf-8")
            yield from re.findall(
                r"^ *\$ (manylinux-conformance .+)$", text, re.MULTILINE
            )


@pytest.mark.parametrize("command", sorted(set(commands())))
def test_printed_command_has_options_that_there_are(command: str) -> None:
    _, *arguments = shlex.split(command)
    found: click.Command = main
    while isinstance(found, click.Group) and not arguments[0].startswith("-"):
        assert arguments[0] in found.commands
        found = found.commands[arguments.pop(0)]
    known = {name for parameter in found.params for name in parameter.opts}
    for argument in arguments:
        option, _, _ = argument.partition("=")
        assert not option.startswith("-") or option in known


def test_the_case_that_is_asked_alone_is_asked() -> None:
    text = (ROOT / "docs/contributing/guide.md").read_text("utf-8")
    (run,) = re.findall(r"\$ manylinux-conformance (run --rule .+)", text)
    _, *words = shlex.split(run)
    options = dict(zip(words[::2], words[1::2], strict=True))
    suite = load_suite()
    names = ("--platform", "--rule", "--case")
    platforms, rules, cases = ((options[name],) for name in names)
    wanted = Wanted(platforms, rules, cases)
    (case,) = [each for each in suite.cases if wanted.has_case(each.rule, each.id)]
    (place,) = [each for each in suite.platforms if wanted.has_platform(each.name)]
    assert case.platform.selects(place)
    assert choose_tools((options["--tool"],))


def test_every_exit_status_is_explained() -> None:
    text = (ROOT / "docs/contributing/guide.md").read_text("utf-8")
    _, _, section = text.partition("## Exit statuses")
    assert re.findall(r"^\| (\d) \|", section, re.MULTILINE) == STATUSES
