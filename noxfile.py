"""Everything that can be done here, one session per verb."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2025.2"
nox.options.sessions = ["lint", "tests", "docs"]
# One environment serves every session: the C compiler among the dependencies is
# large, and a second copy of it would teach nobody anything.
nox.options.default_venv_backend = "none"

ROOT = Path(__file__).parent
PROJECT = ROOT / ".nox" / "project"
BENCHES = (
    "reference/bench/tags.py",
    "reference/bench/audit.py",
    "conformance/bench/suite_cost.py",
)
TREES = [
    *("conftest.py", "noxfile.py"),
    *("spec", "reference", "fixtures", "conformance", "docs"),
]


def prepare(session: nox.Session) -> None:
    """Install the project and its groups, unless this was done for this pyproject."""
    pyproject = ROOT / "pyproject.toml"
    stamp = PROJECT / "prepared-for"
    content = pyproject.read_bytes() + bytes(ROOT) + sys.version.encode()
    wanted = hashlib.sha256(content).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    contents = nox.project.load_toml(pyproject)
    groups = nox.project.dependency_groups(contents, "tests", "lint", "docs")
    virtualenv = [sys.executable, "-m", "virtualenv", "--clear", "--quiet"]
    session.run(*virtualenv, str(PROJECT), external=True)
    install = ["-m", "pip", "install", "--quiet", "--editable", str(ROOT)]
    run(session, "python", *install, *groups)
    stamp.write_text(wanted)


def run(session: nox.Session, program: str, *arguments: str) -> None:
    """Run a program of the project's environment."""
    session.run(str(PROJECT / "bin" / program), *arguments, external=True)


@nox.session
def conformance(session: nox.Session) -> None:
    """Ask the default tools every question; see `nox -s conformance -- --help`."""
    prepare(session)
    run(session, "manylinux-conformance", "run", *session.posargs)


@nox.session
def disguise(session: nox.Session) -> None:
    """Ask again with other names, orders and layouts: every verdict keeps."""
    prepare(session)
    run(session, "manylinux-conformance", "disguise", *session.posargs)


@nox.session
def history(session: nox.Session) -> None:
    """Ask old releases since when they keep the rules; goes on where it was."""
    prepare(session)
    run(session, "manylinux-conformance", "history", *session.posargs)


@nox.session
def platforms(session: nox.Session) -> None:
    """Prepare containers, which `nox -s conformance` then asks too; needs Docker."""
    prepare(session)
    command = session.posargs or ["prepare"]
    run(session, "manylinux-conformance", "platforms", *command)


@nox.session
def tests(session: nox.Session) -> None:
    """Test the suite, the reference and the fixtures, with branch coverage."""
    prepare(session)
    coverage = ["--cov", "--cov-report=term-missing:skip-covered"]
    workers = ["--numprocesses=auto"]
    run(session, "pytest", *(session.posargs or [*workers, *coverage]))


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types and layers; rules, cases, lock and twins hold together."""
    prepare(session)
    run(session, "ruff", "check", *TREES)
    run(session, "ruff", "format", "--check", *TREES)
    for tree in TREES:  # apart, since each has tests of its own
        run(session, "mypy", tree)
    run(session, "lint-imports", "--no-cache")
    run(session, "manylinux-conformance", "lint")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site in build/site; warnings are errors."""
    prepare(session)
    options = ["-W", "-n", "--keep-going", "-j", "auto", "-c", "docs"]
    run(session, "sphinx-build", *options, *session.posargs, ".", "build/site")


@nox.session
def lock(session: nox.Session) -> None:
    """Write spec/rules.lock after a rule was added or its revision raised."""
    prepare(session)
    run(session, "manylinux-conformance", "lock")


@nox.session
def force(session: nox.Session) -> None:
    """Switch each rule off in the reference and see whether some case notices."""
    prepare(session)
    run(session, "manylinux-conformance", "force", *session.posargs)


@nox.session
def fixtures(session: nox.Session) -> None:
    """Build every fixture wheel anew and compare it with fixtures/corpus.lock."""
    prepare(session)
    run(session, "python", "-m", "manylinux_fixtures", "check", *session.posargs)


@nox.session
def loader(session: nox.Session) -> None:
    """Have glibc's own loader judge the fixture wheels, release by release."""
    prepare(session)
    run(session, "manylinux-conformance", "loader", *session.posargs)


@nox.session
def reproduce(session: nox.Session) -> None:
    """Run the script of every cause on file, with the tools that are installed."""
    prepare(session)
    tests = "conformance/tests/reproduce"
    marked = ["-m", "every_cause or not every_cause"]
    run(session, "pytest", tests, *marked, "--numprocesses=auto", *session.posargs)


@nox.session(name="real-wheels")
def real_wheels(session: nox.Session) -> None:
    """Audit well-known wheels and compare with auditwheel; downloads up to 1 GB."""
    prepare(session)
    run(session, "manylinux-conformance", "real-wheels", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Compare the auditor with loader and installers on files that nobody made.

    A minute each of damaged wheels, ELF files and archives, then random offers and
    property tests at length; arguments go to the first three.
    """
    prepare(session)
    arguments = session.posargs or ["--seconds", "60"]
    run(session, "python", "reference/tests/fuzz.py", *arguments)
    for part in ("elf", "archives"):
        run(session, "python", "-m", f"tests.fuzzing.{part}.run", *arguments)
    run(session, "python", "-m", "tests.offers.run")
    options = ["-m", "hypothesis", "--hypothesis-profile=thorough"]
    run(session, "pytest", "--numprocesses=auto", *options)


@nox.session
def mutants(session: nox.Session) -> None:
    """Change the code line by line and see whether tests notice; takes an hour."""
    prepare(session)
    run(session, "python", "-m", "tests.mutation.run", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure speed and memory against the peers, as ratios in one run."""
    prepare(session)
    for script in BENCHES:
        run(session, "python", script, *session.posargs)
