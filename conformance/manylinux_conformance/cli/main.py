"""The command line of the conformance suite."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click
import msgspec
from manylinux_spec.folder import spec_folder

from manylinux_conformance.cli.adapter import adapter, adapter_check
from manylinux_conformance.cli.cache import cache
from manylinux_conformance.cli.deviations import deviations
from manylinux_conformance.cli.disguise import disguise_command
from manylinux_conformance.cli.force import force_command
from manylinux_conformance.cli.history import history_command
from manylinux_conformance.cli.loader import loader
from manylinux_conformance.cli.platforms import platforms
from manylinux_conformance.cli.real_wheels import real_wheels
from manylinux_conformance.cli.report import diff, report
from manylinux_conformance.cli.reproduce import reproduce
from manylinux_conformance.cli.run import run_command
from manylinux_conformance.cli.show import explain, gate_names, show
from manylinux_conformance.cli.terminal.patterns import examples
from manylinux_conformance.cli.verify import manifest_command, verify
from manylinux_conformance.data_folders import data_folder
from manylinux_conformance.errors import (
    InputError,
    SuiteError,
    is_disk_full,
    reason_of,
)
from manylinux_conformance.finding import Finding
from manylinux_conformance.results.blocks import read_results
from manylinux_conformance.run.signals import exit_status, terminable
from manylinux_conformance.suite.data_files import read_data_files
from manylinux_conformance.suite.definitions import read_definitions
from manylinux_conformance.suite.editions import freeze
from manylinux_conformance.suite.lint import lint_suite
from manylinux_conformance.suite.load import load_suite
from manylinux_conformance.suite.lock import (
    Named,
    broken_promises,
    read_lock,
    read_retired,
    write_lock,
)
from manylinux_conformance.suite.rules import parents_of, read_rules
from manylinux_conformance.tools.counts import lint_counts
from manylinux_conformance.tools.deviations import read_all_deviations
from manylinux_conformance.tools.kinds import lint_kinds


class Commands(click.Group):
    """A group whose commands end with one line about what went wrong.

    The exit status is 2 for an input that cannot be used, and 3 for everything else
    that keeps a command from its work.
    """

    def invoke(self, ctx: click.Context) -> object:
        """Run the command, and put what went wrong into words."""
        try:
            with terminable():
                return super().invoke(ctx)
        except InputError as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(2)
        except SuiteError as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(3)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            click.echo(f"error: {where}{reason_of(error)}", err=True)
            sys.exit(3 if is_disk_full(error) else 2)
        except KeyboardInterrupt as interruption:
            click.echo("interrupted; nothing was reported", err=True)
            sys.exit(exit_status(interruption))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="manylinux-conformance")
def main() -> None:
    """Put the rules of manylinux as questions to real, unmodified tools."""


main.add_command(run_command, "run")
main.add_command(adapter)
main.add_command(adapter_check, "adapter-check")
main.add_command(cache)
main.add_command(deviations)
main.add_command(diff)
main.add_command(disguise_command, "disguise")
main.add_command(force_command, "force")
main.add_command(history_command, "history")
main.add_command(loader)
main.add_command(platforms)
main.add_command(real_wheels)
main.add_command(report)
main.add_command(reproduce)
main.add_command(show)
main.add_command(explain)
main.add_command(gate_names)
main.add_command(manifest_command)
main.add_command(verify)


@main.command(epilog=examples("rules --json"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def rules(*, as_json: bool) -> None:
    """List the rules with their level."""
    found = load_suite().rules
    if as_json:
        click.echo(msgspec.json.encode(list(found.values())))
        return
    for rule in found.values():
        click.echo(f"{rule.id:45} {rule.level.value:10} {rule.tested.split(':')[0]}")


@main.command(epilog=examples("cases --rule installer.glibc.at-least"))
@click.option("--rule", default="", help="Only cases of this rule.")
def cases(rule: str) -> None:
    """Print every case as JSON, for runners that are not written in Python."""
    suite = load_suite()
    wanted = [case for case in suite.cases if rule in {"", case.rule}]
    document = {
        "cases": [
            {"kind": type(case).__name__.lower(), **msgspec.to_builtins(case)}
            for case in wanted
        ],
        "platforms": suite.platforms,
    }
    click.echo(msgspec.json.format(msgspec.json.encode(document), indent=1))


@main.command(epilog=examples("lint"))
def lint() -> None:
    """Check that chapters, rules, cases, twins, the lock and causes hold together."""
    suite = load_suite()
    causes = read_all_deviations(data_folder("deviations"))
    answers = read_results(data_folder("results"))
    kinds = lint_kinds(causes, answers, parents_of(suite.rules))
    counts = lint_counts(causes, answers, suite.rules)
    _stop_at([*lint_suite(suite, spec_folder()), *kinds, *counts])
    count = f"{len(suite.rules)} rules, {len(suite.cases)} cases"
    click.echo(f"{count}, {len(suite.platforms)} platforms: nothing to complain about")


@main.command(epilog=examples("lock --spec spec"))
@click.option(
    "--spec",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=None,
    help="The specification's folder; the installed one by default.",
)
def lock(spec: Path | None) -> None:
    """Write rules.lock; refuses a changed rule without a raised revision."""
    folder = spec or spec_folder()
    rules, definitions = read_rules(folder), read_definitions(folder)
    data = read_data_files(folder)
    found: dict[str, Named] = {**rules, **definitions, **data}
    _stop_at(list(broken_promises(found, read_lock(folder), read_retired(folder))))
    write_lock(found, folder)
    said = f"{len(rules)} rules, {len(definitions)} definitions"
    click.echo(f"{said} and {len(data)} data files locked")


@main.command(epilog=examples("edition 2026.1"))
@click.argument("name")
@click.option("--spec", type=click.Path(exists=True, path_type=Path), default=None)
def edition(name: str, spec: Path | None) -> None:
    """Freeze the specification as it is now, under the NAME of an edition.

    Nothing changes a frozen edition; its rules keep their address on the site.
    """
    folder = spec or spec_folder()
    suite = load_suite()
    _stop_at(list(lint_suite(suite, folder)))
    today = dt.datetime.now(dt.UTC).date()
    click.echo(f"frozen in {freeze(suite, folder, name, today)}")


def _stop_at(findings: list[Finding]) -> None:
    for finding in findings:
        click.echo(str(finding), err=True)
    if findings:
        click.echo(f"{len(findings)} findings", err=True)
        sys.exit(1)
