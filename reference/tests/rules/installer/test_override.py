"""The ``_manylinux`` module."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest
from manylinux_reference.commands.target import find_module
from manylinux_reference.rules.installer import override
from manylinux_reference.rules.installer.order import Ranks, platform_tags
from manylinux_reference.rules.installer.override import OverrideError, decision, load
from manylinux_reference.rules.installer.platform import Environment

HOST = (2, 36)
HERE = Environment(("x86_64",), "x86_64", HOST)


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Forget the module that a test has imported."""
    yield
    sys.modules.pop(override.NAME, None)


def written(folder: Path, source: str) -> ModuleType | None:
    folder.mkdir(exist_ok=True)
    (folder / "_manylinux.py").write_text(source)
    return load([str(folder)])


def test_no_module_is_found_where_there_is_none(tmp_path: Path) -> None:
    assert load([str(tmp_path)]) is None
    assert load([]) is None


def test_folder_of_that_name_is_not_a_module(tmp_path: Path) -> None:
    (tmp_path / "_manylinux").mkdir()
    assert load([str(tmp_path)]) is None


@pytest.mark.parametrize("source", ["raise ImportError", "import no_such_module_here"])
def test_module_that_cannot_be_imported_is_none(tmp_path: Path, source: str) -> None:
    assert written(tmp_path, source) is None


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("raise ValueError('table')", "ValueError: table$"),
        ("def broken(:", "SyntaxError: "),
        ("1 / 0", "ZeroDivisionError: division by zero$"),
        ("raise SystemExit(0)", "SystemExit: 0$"),
        ("import sys; sys.exit()", "SystemExit: $"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt: $"),
    ],
)
def test_module_that_breaks_ends_the_question(
    tmp_path: Path, source: str, reason: str
) -> None:
    with pytest.raises(OverrideError, match=f"^_manylinux: {reason}"):
        written(tmp_path, source)


@pytest.mark.parametrize(
    ("source", "tag", "fits"),
    [
        ("", "manylinux_2_17_x86_64", True),
        ("def manylinux_compatible(*a): return False", "manylinux_2_17_x86_64", False),
        ("def manylinux_compatible(*a): return False", "linux_x86_64", True),
        ("def manylinux_compatible(*a): return None", "manylinux_2_17_x86_64", True),
        ("def manylinux_compatible(*a): return 0", "manylinux_2_17_x86_64", False),
        ("def manylinux_compatible(*a): return 'no'", "manylinux_2_17_x86_64", True),
        ("def manylinux_compatible(*a): return True", "manylinux_2_37_x86_64", False),
        ("def manylinux_compatible(*a): return True", "manylinux_2_17_i686", False),
        (
            "def manylinux_compatible(*a): return a[1] == 17",
            "manylinux2014_x86_64",
            True,
        ),
        ("def manylinux_compatible(*a): return a[1] == 17", "manylinux1_x86_64", False),
        ("manylinux2014_compatible = False", "manylinux2014_x86_64", False),
        ("manylinux2014_compatible = False", "manylinux_2_17_x86_64", False),
        ("manylinux2014_compatible = False", "manylinux_2_16_x86_64", True),
        ("manylinux2014_compatible = False", "manylinux_2_18_x86_64", True),
        ("manylinux2014_compatible = None", "manylinux2014_x86_64", False),
        ("manylinux2010_compatible = 0", "manylinux_2_12_x86_64", False),
        ("manylinux1_compatible = ''", "manylinux1_x86_64", False),
        ("manylinux1_compatible = 'x'", "manylinux1_x86_64", True),
        (
            "manylinux2014_compatible = False; manylinux_compatible = lambda *a: None",
            "manylinux2014_x86_64",
            True,
        ),
    ],
)
def test_module_vetoes_tags(tmp_path: Path, source: str, tag: str, fits: bool) -> None:
    module = written(tmp_path, source)
    assert module is not None
    assert (Ranks(HERE, module)[tag] is not None) == fits


@pytest.mark.parametrize(
    "source",
    [
        """import sys

class Policy:
    def manylinux_compatible(self, major, minor, arch):
        return False

sys.modules[__name__] = Policy()
""",
        """from __future__ import annotations
from dataclasses import dataclass

@dataclass
class Limit:
    minor: int = 0

def manylinux_compatible(major, minor, arch):
    return minor <= Limit().minor
""",
    ],
    ids=["puts an object in its place", "looks itself up"],
)
def test_module_is_imported_as_the_import_statement_does(
    tmp_path: Path, source: str
) -> None:
    module = written(tmp_path, source)
    assert Ranks(HERE, module)["manylinux_2_17_x86_64"] is None


GONE = f"import sys\ndel sys.modules[{override.NAME!r}]\n"


@pytest.mark.parametrize(
    "source", ["raise ImportError", "1 / 0", f"{GONE}raise ImportError", f"{GONE}1 / 0"]
)
def test_module_that_was_not_imported_is_not_left_behind(
    tmp_path: Path, source: str
) -> None:
    with suppress(OverrideError):
        written(tmp_path, source)
    assert override.NAME not in sys.modules


def test_vetoed_version_is_not_listed(tmp_path: Path) -> None:
    veto = (
        "def manylinux_compatible(major, minor, arch): return (major, minor) < (2, 35)"
    )
    module = written(tmp_path, veto)
    listed = platform_tags(HERE, module)
    assert listed[:2] == ["linux_x86_64", "manylinux_2_34_x86_64"]
    assert listed[-1] == "manylinux1_x86_64"


def test_function_is_asked_with_two_integers_and_a_string() -> None:
    asked: list[tuple[object, ...]] = []
    module = ModuleType("_manylinux")
    vars(module)["manylinux_compatible"] = lambda *given: asked.append(given)
    assert decision(module, ((2, 17), "x86_64")) is None
    assert asked == [(2, 17, "x86_64")]


class Loud:
    """An object whose truth value is an error of some kind."""

    def __init__(self, error: type[BaseException]) -> None:
        self.error = error

    def __bool__(self) -> bool:
        raise self.error("no truth in it")


class SilentError(Exception):
    """An error that cannot be shown."""

    def __str__(self) -> str:
        raise SystemExit(0)


ERRORS = [
    ValueError,
    ImportError,
    SystemExit,
    KeyboardInterrupt,
    MemoryError,
    SilentError,
]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("name", ["manylinux_compatible", "manylinux2014_compatible"])
@pytest.mark.parametrize("place", ["truth", "call", "attribute"])
def test_whatever_the_module_raises_ends_the_question(
    error: type[BaseException], name: str, place: str
) -> None:
    def refuse(*_: object) -> None:
        raise error("refused")

    module = ModuleType("_manylinux")
    match place:
        case "attribute":  # PEP 562
            vars(module)["__getattr__"] = refuse
        case "call":
            vars(module)["manylinux_compatible"] = refuse
        case _ if name == "manylinux_compatible":
            vars(module)[name] = lambda *_: Loud(error)
        case _:
            vars(module)[name] = Loud(error)
    with pytest.raises(OverrideError, match=f"^_manylinux: {error.__name__}: "):
        decision(module, ((2, 17), "x86_64"))


def test_message_is_one_line() -> None:
    module = ModuleType("_manylinux")

    def refuse(*_: object) -> None:
        raise ValueError("two\nlines")

    vars(module)["manylinux_compatible"] = refuse
    with pytest.raises(OverrideError, match=r"^_manylinux: ValueError: two lines$"):
        decision(module, ((2, 17), "x86_64"))


def test_what_the_module_prints_is_no_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = "print('loaded')\ndef manylinux_compatible(*a): print('asked')"
    assert decision(written(tmp_path, source), ((2, 17), "x86_64")) is None
    assert capsys.readouterr() == ("", "loaded\nasked\n")


@pytest.mark.parametrize("function", [3, None, lambda major: major])
def test_function_that_cannot_be_called_ends_the_question(function: object) -> None:
    module = ModuleType("_manylinux")
    vars(module)["manylinux_compatible"] = function
    with pytest.raises(OverrideError, match=r"^_manylinux: TypeError: "):
        decision(module, ((2, 17), "x86_64"))


def test_function_is_not_asked_about_what_does_not_fit_anyway() -> None:
    module = ModuleType("_manylinux")
    vars(module)["manylinux_compatible"] = None
    assert Ranks(HERE, module)["manylinux_2_37_x86_64"] is None


def test_working_directory_and_pythonpath_are_not_searched() -> None:
    path = ["", "/work-here", "/from-variable", "/lib/python", "/site-packages"]
    found = override.search_path(path, ["/work-here"], "/from-variable:/other")
    assert found == ["/lib/python", "/site-packages"]


def test_module_on_the_interpreters_own_path_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, "found = True")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    monkeypatch.delenv("PYTHONPATH", raising=False)
    module = find_module()
    assert module is not None
    assert module.found
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert find_module() is None
    monkeypatch.delenv("PYTHONPATH")
    monkeypatch.chdir(tmp_path)
    assert find_module() is None
