"""What a report says of itself: edition, suite, date, machine; never a local path."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from manylinux_conformance.results.lines import EDITION

# A path of this machine: two parts or more, and no part of an address.
LOCAL_PATH = re.compile(r"(?<![\w:/.~}])~?/(?:[^\s/'\"`,;:)]+/)+([^\s/'\"`,;:)]*)")


@dataclass(frozen=True, slots=True)
class About:
    """The head of a report; ``site`` is where the pages of rules are, if known."""

    suite: str
    date: str
    machine: str
    site: str = ""

    @property
    def edition(self) -> str:
        """The edition, or the one of which this is a draft."""
        return f"edition {EDITION}"

    @property
    def words(self) -> str:
        """All of it in one sentence."""
        suite = f"manylinux-conformance {self.suite}"
        return f"{self.edition}; {suite}; {self.date}; on {self.machine}"

    def rule_page(self, rule: str) -> str:
        """Return the address of a rule's page; a place in the report without a site."""
        return f"{self.site.rstrip('/')}/r/{rule}/" if self.site else f"#rule-{rule}"


def about(site: str = "") -> About:
    """Return what a report of this moment says; ``SOURCE_DATE_EPOCH`` sets the date."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = datetime.now(UTC)
    then = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else now
    return About(
        suite=version("manylinux-conformance"),
        date=f"{then:%Y-%m-%d}",
        machine=f"{platform.system()} {platform.machine()}",
        site=site,
    )


def without_paths(said: str) -> str:
    """Return a text in one line, without the folders of this machine."""
    return LOCAL_PATH.sub(r"\1", " ".join(said.split()))
