"""The command ``force``: shows that every forced rule has a case that notices it."""

from __future__ import annotations

import fnmatch
import sys
from dataclasses import replace

import click
import platformdirs

from manylinux_conformance.cli.examples import examples
from manylinux_conformance.corpus.build import built_corpus
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import InputError
from manylinux_conformance.forcing import forcing
from manylinux_conformance.suite.load import load_suite
from manylinux_conformance.tools.adapters import read_adapter


@click.command(epilog=examples("force --rule 'installer.glibc.*'"))
@click.option("--rule", default="*", help="Only rules that match PATTERN.")
def force_command(rule: str) -> None:
    """Break each rule in the reference and see which case notices.

    Exit status 1: some rule can be broken unnoticed, or an answer is wrong anyway.
    """
    suite = load_suite()
    rules = {name: suite.rules[name] for name in fnmatch.filter(suite.rules, rule)}
    cases = tuple(case for case in suite.cases if case.rule in rules)
    if not rules:
        raise InputError(rule, "no rule matches; see 'manylinux-conformance rules'")
    adapter = read_adapter(data_folder("tools") / "reference.toml")
    wanted = replace(suite, rules=rules, cases=cases)
    cache = platformdirs.user_cache_path("manylinux-conformance")
    corpus = built_corpus(cache).only(lambda line: line.rule in rules)
    report = forcing.run(wanted, corpus, adapter, sys.executable)
    for line in report.lines():
        click.echo(line)
    sys.exit(0 if report.holds else 1)
