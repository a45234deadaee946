"""Writes the summary as a page that needs nothing else."""

from __future__ import annotations

from pathlib import Path

import jinja2

from manylinux_survey.pictures import claims_picture
from manylinux_survey.summary import Summary

TEMPLATE = "report.html.jinja"


def report(summary: Summary) -> str:
    """Return the page."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    groups = [
        (title, rows, claims_picture(rows, title))
        for title, rows in (
            ("level", summary.by_level),
            ("architecture", summary.by_arch),
            ("year", summary.by_year),
        )
        if rows
    ]
    return environment.get_template(TEMPLATE).render(
        summary=summary,
        groups=groups,
        objections=summary.outcomes.get("holds-with-objections", 0),
    )
