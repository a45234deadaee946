"""Refuses requirements in METADATA that no installer understands.

PyPA, Dependency specifiers (PEP 508) and Version specifiers (PEP 440).  uv mends some
frequent slips before it gives a wheel up (``lenient_requirement.rs``), so they pass.
"""

from __future__ import annotations

import re

from manylinux_reference.reading.unusable import UnusableError, printable
from manylinux_reference.reading.version import version_key

NAME = re.compile(r"\s*[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?![A-Za-z0-9._-])\s*")
EXTRA = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
EXTRAS = re.compile(rf"\[\s*(?:{EXTRA}\s*(?:,\s*{EXTRA}\s*)*)?\]\s*")
URL = re.compile(r"@\s*(?:\w[\w+.-]*:/|/)\S+")
CLAUSE = re.compile(r"(~=|===?|!=|<=?|>=?)(.*)", re.DOTALL)
RELEASE = re.compile(r"v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*", re.IGNORECASE)
TWO_NUMBERS = re.compile(r"v?(?:[0-9]+!)?[0-9]+\.[0-9]", re.IGNORECASE)
LONG = re.compile(r"[0-9]{20}")  # digits, beyond uv's 64 bits
WILD = ("==", "!=")
LOCAL = ("==", "===", "!=")
SLIPS = (  # what uv puts in the place of what
    (re.compile(r"(\d)([<>=~^!])"), r"\1,\2"),
    (re.compile(r"!=~((?:\d\.)*\d)"), r"!=\1.*"),
    (re.compile(r"(<=|>=|<|>)(\d+(?:\.\d+)*)\.\*"), r"\1\2"),
    (re.compile(r"(\d\.\d)+\*"), r"\1.*"),
    (re.compile(r",\s*$"), ""),
    (re.compile(r">dev"), ">0.0.0dev"),
    (re.compile(r"(\d+(?:\.\d)*(?:a|b|rc|post|dev)\d+)\.0"), r"\1"),
    (re.compile("['\"]"), ""),
    (re.compile(r",\s*$"), ""),
)
TOKEN = re.compile(r"\s*('[^']*'|\"[^\"]*\"|[\w.]+|[()]|[<>=!~]+)")
OPERATORS = ("<", "<=", ">", ">=", "==", "!=", "~=", "in", "not in")
VARIABLES = frozenset((
    "os_name", "sys_platform", "platform_machine", "platform_python_implementation",
    "platform_release", "platform_system", "platform_version", "python_version",
    "python_full_version", "implementation_name", "implementation_version", "extra",
    "extras", "dependency_groups", "os.name", "sys.platform", "platform.version",
    "platform.machine", "platform.python_implementation", "python_implementation",
))  # fmt: skip
SETS = ("extras", "dependency_groups")  # what something is in


def check_requirement(text: str) -> None:
    """Raise UnusableError if a value of Requires-Dist is none that uv can read."""
    head, semicolon, marker = text.partition(";")
    is_sound = _is_requirement(head) or _is_requirement(_mended(head))
    if not is_sound or (semicolon and not _is_marker(marker)):
        raise UnusableError(f"METADATA requires {printable(text) or 'nothing'}")


def check_python(text: str) -> None:
    """Raise UnusableError if the value of Requires-Python is none that uv can read."""
    if text and not (_are_specifiers(text) or _are_specifiers(_mended(text))):
        raise UnusableError(f"METADATA requires Python {printable(text)}")


def _mended(text: str) -> str:
    for slip, right in SLIPS:
        text = slip.sub(right, text)
    return text


def _is_requirement(head: str) -> bool:
    """Return whether something is a requirement without its marker."""
    found = NAME.match(head)
    if not found:
        return False
    rest = head[found.end() :]
    extras = EXTRAS.match(rest)
    rest = rest[extras.end() :].strip() if extras else rest.strip()
    if not rest or URL.fullmatch(rest):
        return True
    if rest[0] == "(" and rest[-1] == ")":
        rest = rest[1:-1]
    return _are_specifiers(rest)


def _are_specifiers(text: str) -> bool:
    return all(_is_specifier(clause.strip()) for clause in text.split(","))


def _is_specifier(clause: str) -> bool:
    found = CLAUSE.fullmatch(clause)
    if not found or LONG.search(clause):
        return False
    operator, version = found[1], found[2].strip()
    if version.endswith(".*"):
        return operator in WILD and RELEASE.fullmatch(version[:-2]) is not None
    if version_key(version) is None or ("+" in version and operator not in LOCAL):
        return False
    return operator != "~=" or TWO_NUMBERS.match(version) is not None


def _is_marker(text: str) -> bool:
    """Return whether comparisons are joined as PEP 508's grammar has it."""
    tokens = _tokens(text)
    depth, at = 0, 0
    while True:
        while tokens[at] == "(":
            depth, at = depth + 1, at + 1
        if not _is_comparison(tokens[at : at + 3]):
            return False
        at += 3
        while tokens[at] == ")" and depth:
            depth, at = depth - 1, at + 1
        if tokens[at] not in ("and", "or"):
            return tokens[at] == "" and not depth
        at += 1


def _tokens(text: str) -> list[str]:
    """Return the tokens of a marker and an empty one; what is none is the last."""
    tokens: list[str] = []
    at, text = 0, text.rstrip()
    while found := TOKEN.match(text, at):
        at = found.end()
        if found[1] == "in" and tokens[-1:] == ["not"]:
            tokens[-1] = "not in"
        else:
            tokens.append(found[1])
    return [*tokens, text[at:], ""]


def _is_comparison(tokens: list[str]) -> bool:
    match tokens:
        case [left, operator, right] if left not in SETS and operator in OPERATORS:
            return all(
                each in VARIABLES or each[:1] in ("'", '"') for each in (left, right)
            )
    return False
