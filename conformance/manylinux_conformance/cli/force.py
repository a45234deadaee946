"""The command ``force``: shows that every forced rule has a case that notices it."""

from __future__ import annotations

import sys
from dataclasses import replace

import click
import platformdirs

from manylinux_conformance.cli.terminal.patterns import examples, several
from manylinux_conformance.corpus.build import built_corpus
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.forcing import forcing
from manylinux_conformance.suite.filters import Wanted
from manylinux_conformance.suite.load import load_suite, narrowed
from manylinux_conformance.tools.adapters import read_adapter


@click.command(epilog=examples("force --rule 'installer.glibc.*' --rule 'tag.*'"))
@several("--rule", "Only rules that match PATTERN")
def force_command(rules: tuple[str, ...]) -> None:
    """Break each rule in the reference and see which case notices.

    Exit status 1: some rule can be broken unnoticed, or an answer is wrong anyway.
    """
    suite = load_suite()
    narrow = narrowed(suite, Wanted(rules=rules))
    names = {name for name in suite.rules if narrow.wanted.has_rule(name)}
    adapter = read_adapter(data_folder("tools") / "reference.toml")
    wanted = replace(narrow, rules={name: suite.rules[name] for name in names})
    cache = platformdirs.user_cache_path("manylinux-conformance")
    corpus = built_corpus(cache).only(lambda line: line.rule in names)
    report = forcing.run(wanted, corpus, adapter, sys.executable)
    for line in report.lines():
        click.echo(line)
    sys.exit(0 if report.holds else 1)
