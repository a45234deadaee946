"""Lays one tree of the project out flat, as mutmut wants it: packages at the top.

mutmut looks for the code in its working directory and tests a copy in ``mutants/``,
which comes first on ``sys.path`` and so hides the editable installation. Everything
that the code reads lies there, beside the packages, as it lies beside them in a clone.
"""

from __future__ import annotations

import ast
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
TREES = ("spec", "fixtures", "reference", "conformance")
NOT_DATA = ("tests", "bench", "README.md", "__pycache__")
READ_BY_TESTS = ("docs", "fixtures")
METHODS = ("staticmethod", "classmethod")  # which mutmut takes as they are
CACHES = ("cache", "functools.cache")

# Property tests are slow, and which mutants they kill depends on the seed.
# mutmut's switch in each function imports more than the function does.
# The corpus of one architecture finds nearly what all nine find.
CHOSEN = "not loads_next_to_nothing and (x86_64 or not test_corpus)"
OPTIONS = ("-Wignore", "-mnot hypothesis", f"-k{CHOSEN}")
# Not needed by a test of a moment; the last one collects garbage twice in a run.
PLUGINS = (
    "cacheprovider",
    "xdist",
    "pytest_cov",
    "threadexception",
    "unraisableexception",
)

# The time of a test is known without that of its fixtures, which write a corpus.
SETTINGS = """
[tool.mutmut]
source_paths = [{package}]
only_mutate = [{only}]
pytest_add_cli_args = {options}
pytest_add_cli_args_test_selection = {tests}
timeout_multiplier = 5.0
timeout_constant = 10.0
"""

# One test of a corpus writes it for the others, which therefore seem to be fast.
CORPUS_LAST = """
def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: "test_corpus" in item.nodeid)
"""


@dataclass(frozen=True, slots=True)
class Target:
    """A folder of code, and the tests that lie as it lies."""

    name: str
    tree: str
    slow: tuple[str, ...] = ()  # modules of tests that are left out

    @property
    def package(self) -> str:
        """The package of the tree."""
        return f"manylinux_{self.tree}"

    @property
    def folder(self) -> Path:
        """Where the code and its tests are laid out."""
        return ROOT / "build" / "mutants" / self.name


def lay_out(target: Target, *, keep: bool = False) -> None:
    """Write the target's folder anew; what was there before is removed.

    ``keep`` leaves what became of its mutants, which mutmut believes of each function
    that is as it was.
    """
    results = target.folder / "mutants" / target.package / target.name
    kept = {path: path.read_bytes() for path in results.rglob("*.meta") if keep}
    shutil.rmtree(target.folder, ignore_errors=True)
    beside = target.folder / "mutants"
    beside.mkdir(parents=True)
    for tree in TREES:
        _lay_out_tree(ROOT / tree, beside)
    for name in READ_BY_TESTS:
        (target.folder / name).symlink_to(ROOT / name)
    (beside / "README.md").symlink_to(ROOT / target.tree / "README.md")
    shutil.move(beside / target.package, target.folder / target.package)
    for path in (target.folder / target.package / target.name).rglob("*.py"):
        path.write_text(without_decorators(path.read_text()))
    shutil.copytree(ROOT / target.tree / "tests", beside / "tests", ignore=_caches)
    (beside / "conftest.py").write_text(CORPUS_LAST)
    _write_settings(target)
    for path, content in kept.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _lay_out_tree(tree: Path, folder: Path) -> None:
    for path in tree.iterdir():
        if path.name.startswith("manylinux_"):
            shutil.copytree(path, folder / path.name, ignore=_caches)
        elif path.name not in NOT_DATA and not path.name.startswith("."):
            (folder / path.name).symlink_to(path)


def _caches(_: str, names: list[str]) -> list[str]:
    return [name for name in names if name == "__pycache__"]


def _write_settings(target: Target) -> None:
    tests = f"tests/{target.name}"
    settings = SETTINGS.format(
        package=json.dumps(target.package),
        only=json.dumps(f"{target.package}/{target.name}/*"),
        options=json.dumps([*OPTIONS, *(f"-pno:{each}" for each in PLUGINS)]),
        tests=json.dumps(
            [tests, *(f"--ignore={tests}/{name}" for name in target.slow)]
        ),
    )
    project = (ROOT / "pyproject.toml").read_text()
    (target.folder / "pyproject.toml").write_text(project + settings)


def without_decorators(code: str) -> str:
    """Return a module in which functions are decorated after their definition.

    mutmut leaves decorated functions out. Caches are dropped: what an earlier test
    has asked would hide the mutant.
    """
    lines = code.splitlines()
    functions = (
        node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)
    )
    for function in sorted(functions, key=lambda node: node.lineno, reverse=True):
        names = [ast.unparse(each) for each in function.decorator_list]
        if names and names[0] not in METHODS:
            called = function.name
            for name in reversed(names):
                called = called if name in CACHES else f"{name}({called})"
            after = f"{' ' * function.col_offset}{function.name} = {called}"
            lines.insert(function.end_lineno or 0, after)
            del lines[function.decorator_list[0].lineno - 1 : function.lineno - 1]
    return "\n".join((*lines, ""))
