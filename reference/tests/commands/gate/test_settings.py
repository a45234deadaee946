"""Settings say what is refused, for whom not, and from when on."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from manylinux_reference.commands.gate.settings import (
    REFUSE,
    WARN,
    Settings,
    SettingsError,
    read_settings,
)

TODAY = dt.date(2026, 11, 26)
EXCEPTION = """
[[exception]]
project = "Big.Library"
rules = ["wheel.needed.*"]
reason = "the driver brings it"
until = 2026-12-31
"""


def says(
    settings: Settings,
    rule: str = "wheel.needed.allowed",
    basis: str = "standard",
    *,
    project: str = "big_library",
    advice: bool = False,
    today: dt.date = TODAY,
) -> str:
    return settings.says(project, rule, basis, advice=advice, today=today)


def read(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "gate.toml"
    path.write_text(text)
    return read_settings(path)


def test_standards_refuse_and_proposals_warn() -> None:
    assert says(Settings()) == REFUSE
    assert says(Settings(), basis="proposal") == WARN
    assert says(Settings(), advice=True) == WARN


def test_a_named_rule_goes_before_its_basis() -> None:
    assert says(Settings(warn=("wheel.needed.allowed",))) == WARN
    assert says(Settings(refuse=("wheel.*",)), basis="proposal", advice=True) == REFUSE


def test_what_nobody_asked_about_is_nothing() -> None:
    assert says(Settings(refuse=(), warn=())) == ""


def test_before_its_day_a_gate_warns() -> None:
    settings = Settings(refuse_from=dt.date(2026, 12, 1))
    assert says(settings) == WARN
    assert says(settings, today=dt.date(2026, 12, 1)) == REFUSE


def test_an_exception_is_for_one_project_and_has_an_end(tmp_path: Path) -> None:
    settings = read(tmp_path, EXCEPTION)
    assert says(settings) == WARN
    assert says(settings, project="other") == REFUSE
    assert says(settings, "wheel.versions.listed") == REFUSE
    assert says(settings, today=dt.date(2027, 1, 1)) == REFUSE


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("unknown = 1", "unknown key 'unknown'"),
        ("seconds = 'much'", "'seconds' is no int"),
        ("refuse = 'standard'", "'refuse' is no list"),
        ("pass_unjudged = 1", "'pass_unjudged' is no bool"),
        ("refuse_from = 2026-12-01T00:00:00", "'refuse_from' is no date"),
        ("not toml", "gate.toml: "),
        (EXCEPTION.replace("reason", "because"), "needs project, rules, reason"),
        (EXCEPTION.replace("2026-12-31", "'soon'"), "needs project, rules, reason"),
    ],
)
def test_settings_that_cannot_be_used_say_why(
    text: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=reason):
        read(tmp_path, text)
