"""What a gate refuses, what it warns of, and for whom it makes an exception."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from dataclasses import dataclass, fields, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

BASES = ("standard", "consequence", "proposal")
REFUSE, WARN = "refuse", "warn"
MEGABYTE = 1024 * 1024
MOST = 1 << 40  # of whatever is bounded


class SettingsError(ValueError):
    """A file of settings, or an option, cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class ProjectException:
    """What one project is let in with, why, and until when."""

    project: str
    rules: tuple[str, ...]
    reason: str
    until: dt.date

    def covers(self, project: str, rule: str, today: dt.date) -> bool:
        """Return whether a finding about a project is excepted today."""
        ours = normalized(project) == normalized(self.project)
        named = any(fnmatchcase(rule, pattern) for pattern in self.rules)
        return ours and named and today <= self.until


@dataclass(frozen=True, slots=True)
class Settings:
    """How a gate decides, and what an audit may cost.

    ``refuse`` and ``warn`` are bases, and patterns of rules, which go before bases.
    Until ``refuse_from`` everything that would be refused is only warned of.
    ``pass_unjudged``: what cannot be audited because the audit failed is let in.
    ``seconds`` and ``megabytes`` bound one audit, ``largest`` one upload, in bytes.
    ``rules_at`` is the address below which each rule has a page.
    """

    refuse: tuple[str, ...] = ("standard", "consequence", "index.*")
    warn: tuple[str, ...] = ("proposal",)
    refuse_from: dt.date = dt.date.min
    exception: tuple[ProjectException, ...] = ()
    provided_by: tuple[str, ...] = ()
    pass_unjudged: bool = False
    seconds: int = 60
    megabytes: int = 2048
    largest: int = 1024 * MEGABYTE
    rules_at: str = "/r/"

    def says(
        self, project: str, rule: str, basis: str, *, advice: bool, today: dt.date
    ) -> str:
        """Return what becomes of a finding: REFUSE, WARN, or nothing.

        What a rule only advises is never refused, unless the rule itself is named.
        """
        chosen = self._chosen(rule, basis, advice=advice)
        excepted = any(each.covers(project, rule, today) for each in self.exception)
        if chosen == REFUSE and (excepted or today < self.refuse_from):
            return WARN
        return chosen

    def _chosen(self, rule: str, basis: str, *, advice: bool) -> str:
        for named, said in ((self.warn, WARN), (self.refuse, REFUSE)):
            patterns = (each for each in named if each not in BASES)
            if any(fnmatchcase(rule, pattern) for pattern in patterns):
                return said
        if basis in self.refuse:
            return WARN if advice else REFUSE
        return WARN if basis in self.warn or advice else ""


def pair_of(text: str) -> tuple[str, str]:
    """Return the project and the library of ``PROJECT:LIBRARY``.

    Raises SettingsError.
    """
    project, colon, library = text.partition(":")
    if not (project and colon and library) or "/" in library:
        raise SettingsError(f"{text!r} is not PROJECT:LIBRARY")
    return project, library


def normalized(name: str) -> str:
    """Return a project's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_settings(path: Path) -> Settings:
    """Read a TOML file of settings.  Raises SettingsError."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    known = {each.name: each.default for each in fields(Settings)}
    for name, value in table.items():
        if name not in known:
            raise SettingsError(f"{path}: unknown key {name!r}")
        default = known[name]
        kind = list if isinstance(default, tuple) else type(default)
        if type(value) is not kind:
            raise SettingsError(f"{path}: {name!r} is no {kind.__name__}")
        if kind is int and not 0 < int(str(value)) < MOST:
            raise SettingsError(f"{path}: {name!r} is not between 1 and {MOST:,}")
    settings = Settings()
    for name, value in table.items():
        settings = with_value(settings, name, _read(path, name, value))
    return settings


def _read(path: Path, name: str, value: object) -> object:
    if not isinstance(value, list):
        return value
    if name == "exception":
        return tuple(_exception(path, each) for each in value)
    return tuple(map(str, value))


def with_value(settings: Settings, name: str, value: object) -> Settings:
    """Return settings with another value of one of them, which has its type."""
    values: dict[str, Any] = {name: value}
    return replace(settings, **values)


def _exception(path: Path, table: object) -> ProjectException:
    """Return an exception; each needs a reason and an end."""
    match table:
        case {
            "project": str(project),
            "rules": [*rules],
            "reason": str(reason),
            "until": dt.date() as until,
            **rest,
        } if rules and reason.strip() and not rest:
            return ProjectException(project, tuple(map(str, rules)), reason, until)
    needs = "an exception needs project, rules, reason and until, a date"
    raise SettingsError(f"{path}: {needs}")
