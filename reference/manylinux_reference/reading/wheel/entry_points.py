"""Refuses an ``entry_points.txt`` for which pip or uv does not install the wheel.

PyPA, Entry points specification, File format.  pip reads it line by line (CPython's
``importlib.metadata``, distlib's ``scripts.py``), uv as configparser does; what is
accepted here makes the same scripts in both.
"""

from __future__ import annotations

from importlib import import_module

from manylinux_reference.reading.unusable import UnusableError, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from manylinux_reference.reading.budget import Budget

SCRIPTS = ("console_scripts", "gui_scripts")
DEFAULT = "DEFAULT"  # whose entries uv takes for those of every section
COMMENTS = ("#", ";")  # of which pip knows the first only
LONGEST_NAME = 255  # bytes: NAME_MAX of Linux
NAME = r"[\w.+-]+"
RESERVED = r"(?i:pythonw?|pypy3?|graalpy|python3(\.[0-9]+t?)?)"
OBJECT = r"\w+(\.\w+)*:\w+(\.\w+)*(\s*\[\s*[\w-]+(=\w+)?(,\s*\w+(=\w+)?)*\s*\])?"
INITIALS = ("p", "g")  # of the reserved names


def check_entry_points(text: str, budget: Budget) -> set[str]:
    """Return the names of the scripts that installers make.

    Raises UnusableError if one refuses the file, or sees other scripts;
    NotJudgedError if it is beyond the budget.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    budget.entries.spend(lines.count("\n") + 1)
    if lines.split("\n") != text.splitlines() and text:
        raise _refusal("a line that some readers take for two")
    seen: set[tuple[str, str]] = set()
    section, margin = "", -1
    for raw in lines.split("\n"):
        line, indent = raw.strip(), len(raw) - len(raw.lstrip())
        if not line or line[0] == "#" or (line[0] == ";" and not section):
            continue
        name, value = line, ""
        if line[0] == "[" and (indent <= margin or margin < 0):
            section, margin = _section(line), -1
            key = (section, "")
        else:
            name, value = _entry(line, section, is_continued=0 <= margin < indent)
            key, margin = (section, name), indent if margin < 0 else min(margin, indent)
        if key in seen:
            raise _refusal(f"two of {name}")
        seen.add(key)
        budget.search(line)
        if section in SCRIPTS and key[1]:
            _check_script(name, value)
    has_scripts = any((section, "") in seen for section in SCRIPTS)
    if has_scripts and any(section == DEFAULT and name for section, name in seen):
        raise _refusal(f"entries of [{DEFAULT}]")
    return {name for section, name in seen if section in SCRIPTS and name}


def _section(line: str) -> str:
    name = line[1:-1]
    if line[-1] != "]" or not name or "[" in name or "]" in name:
        raise _refusal(f"the line {line}")
    return name


def _entry(line: str, section: str, *, is_continued: bool) -> tuple[str, str]:
    """Return name and value; uv takes what is indented further for the value's rest."""
    name, equals, value = line.partition("=")
    name = name.rstrip()
    is_read_twice = is_continued and (section in SCRIPTS or line[0] == "[")
    if not (section and equals and name) or is_read_twice:
        raise _refusal(f"the line {line}")
    return name, value.strip()


def _check_script(name: str, value: str) -> None:
    """See to it that both installers make a script of this name and call this."""
    if _is_plain(name, value):
        return
    fullmatch = import_module("re").fullmatch
    is_file = fullmatch(NAME, name) and name not in (".", "..")
    if not is_file or len(name.encode()) > LONGEST_NAME:
        raise _refusal(f"a script that is called {name}")
    if fullmatch(RESERVED, name):
        raise _refusal(f"a script with the name of an interpreter, {name}")
    if not fullmatch(OBJECT, value):
        raise _refusal(f"a script {name} that calls {value or 'nothing'}")


def _is_plain(name: str, value: str) -> bool:
    """Return whether nothing is wrong for sure; expressions take long to load."""
    word = name.replace("-", "_")
    module, _, attributes = value.partition(":")
    return (
        word.isascii()
        and word.isidentifier()
        and len(word) <= LONGEST_NAME
        and word[0].lower() not in INITIALS
        and all(map(str.isidentifier, [*module.split("."), *attributes.split(".")]))
    )


def _refusal(what: str) -> UnusableError:
    return UnusableError(f"has {printable(what)}", "entry_points.txt")
