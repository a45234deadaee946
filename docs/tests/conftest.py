"""A small project with one of everything, built with the real configuration."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from bs4 import BeautifulSoup, Tag
from manylinux_conformance.platforms.platform import Fidelity
from manylinux_conformance.results.blocks import Block, write_blocks
from manylinux_conformance.results.lines import FORMAT, Header, NotRun, Result
from manylinux_conformance.results.verdicts import Role, Verdict
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

DOCS = Path(__file__).parents[1]
sys.path.insert(0, str(DOCS / "extensions"))

FILES = {
    "docs/index.md": """\
# Start

{rule}`demo.first` comes before {rule}`demo.second`.

```{toctree}
/spec/demo
tables
pages
```
""",
    "docs/tables.md": """\
# Tables

```{spec-table} aliases
```
""",
    "docs/pages.md": """\
# Pages

```{matrix}
```
```{coverage}
```
```{deviations}
```
```{proposals}
```
```{retired}
```
""",
    "spec/demo.md": """\
# Demo

:::{rule} demo.first
:level: must
:subject: installer, tag-library
:arch: all
:source: [PEP 600](https://peps.python.org/pep-0600/), see pip #5008
:tested: forced

A tool MUST do the *first* thing; see {rule}`demo.second` and {doc}`/docs/tables`.

```{case} same-version
offer = ["manylinux_2_17_x86_64"]
pick = "manylinux_2_17_x86_64"
```
:::

:::{rule} demo.second
:level: should-not
:subject: wheel
:arch: x86_64, i686
:source: proposed
:tested: inspection: someone has to read the wheel
:revision: 2

A wheel SHOULD NOT do the second thing.
:::
""",
    "spec/retired.toml": """\
[[retired]]
id = "demo.old"
since = "2025.1"
successor = "demo.first"

[[retired]]
id = "demo.gone"
since = "2025.1"
reason = "It said nothing."
""",
    "spec/data/aliases.toml": """\
[[alias]]
legacy = "manylinux2014_x86_64"
perennial = "manylinux_2_17_x86_64"
family = "manylinux2014"
major = 2
minor = 17
arch = "x86_64"
attribute = "manylinux2014_compatible"
pep = 599
""",
    "spec/proposals.toml": """\
[[proposal]]
row = "TAG-01"
outcome = "rule"
rules = ["demo.first"]
reason = "Everybody does it."
text = "Do the first thing."
""",
    "conformance/cases/demo.toml": """\
[[choose]]
rule = "demo.first"
name = "next-version"
twin = "same-version"
offer = ["manylinux_2_18_x86_64"]
pick = "any"
why = "One minor version too new."
module = "def manylinux_compatible(*_): return None"
platform = { glibc = ["2.17"] }
""",
    "conformance/deviations/slow.toml": """\
[[deviation]]
rule = "demo.*"
cases = ["next-*"]
versions = ["1.9"]
kind = "bug"
why = "`compare()` takes versions as text: `1.10' is first."
link = "https://example.org/1"
""",
}


def block(tool: str, version: str, *answers: Result) -> Block:
    """Return what a tool answered."""
    header = Header(
        format=FORMAT,
        edition="2026.1",
        rules_lock="0" * 64,
        tool=tool,
        version=version,
        role=Role.INSTALLER,
        python="3.11",
        host="x86_64",
    )
    missing = NotRun(platforms=("musl",), reason="needs Python < 3.10")
    return Block(
        header, answers, (missing,) if tool == "wild" and len(answers) == 1 else ()
    )


def answer(
    verdict: Verdict,
    deviation: str = "",
    platform: str = "glibc-2.17",
    fidelity: Fidelity = Fidelity.MODELLED,
) -> Result:
    """Return the answer to one case on one platform."""
    return Result(
        case="demo.first/next-version",
        rule="demo.first",
        platform=platform,
        fidelity=fidelity,
        verdict=verdict,
        expected="any",
        answer="any" if verdict is Verdict.PASS else "manylinux_2_18_x86_64",
        deviation=deviation,
    )


BLOCKS = (
    block("slow", "1.10", answer(Verdict.PASS)),
    block("slow", "1.9", answer(Verdict.FAIL, "bug")),
    block("wild", "3", answer(Verdict.FAIL)),
    block(
        "wild",
        "3",
        answer(Verdict.PASS, "", "debian-12-x86_64", Fidelity.NATIVE),
        answer(Verdict.FAIL, "", "debian-12-s390x", Fidelity.EMULATED),
    ),
)


@dataclass(frozen=True, slots=True)
class Built:
    """A finished build: its site and what Sphinx complained about."""

    site: Path
    warnings: str
    log: str

    def all(self, page: str, selector: str) -> list[Tag]:
        """Return the elements of a page that a CSS selector matches."""
        content = (self.site / f"{page}.html").read_bytes()
        soup = BeautifulSoup(content, "html.parser")
        for place in soup.select("wbr"):  # nobody sees where a line may break
            place.decompose()
        soup.smooth()
        return list(soup.select(selector))

    def one(self, page: str, selector: str) -> Tag:
        """Return the only element of a page that a CSS selector matches."""
        (found,) = self.all(page, selector)
        return found

    def text(self, page: str, selector: str) -> str:
        """Return the text of one element, its spaces folded."""
        return " ".join(self.one(page, selector).get_text(" ").split())


class Build(Protocol):
    """Builds a project as nox does, but in this process."""

    def __call__(self, root: Path, *, jobs: int = 1) -> Built:
        """Return the built site."""


def build_site(root: Path, *, jobs: int = 1) -> Built:
    warnings, log = io.StringIO(), io.StringIO()
    with docutils_namespace():
        app = Sphinx(
            root,
            DOCS,
            root / "site",
            root / "doctrees",
            "html",
            {"nitpicky": True},
            status=log,
            warning=warnings,
            parallel=jobs,
        )
        app.build()
    return Built(
        root / "site",
        warnings.getvalue(),
        log.getvalue(),
    )


@pytest.fixture
def build() -> Build:
    return build_site


def write_project(root: Path) -> Path:
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    files: dict[str, list[Block]] = {}
    for each in BLOCKS:
        name = f"installer-{each.header.tool}-{each.header.version}.jsonl"
        files.setdefault(name, []).append(each)
    for name, blocks in files.items():
        write_blocks(blocks, root / "conformance" / "results" / name)
    return root


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that a test may break."""
    return write_project(tmp_path)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The whole project, built once."""
    return build_site(write_project(tmp_path_factory.mktemp("project")))
