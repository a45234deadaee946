"""Refuses requirements in METADATA that pip or uv does not understand.

PyPA, Dependency specifiers (PEP 508) and Version specifiers (PEP 440).  pip reads
Requires-Dist before it installs a wheel, with or without what it requires, and gives up
where ``packaging`` does; uv reads URLs as well (``parsed_url.rs``), and in
Requires-Python mends some frequent slips (``lenient_requirement.rs``), which pip does
not look at.
"""

from __future__ import annotations

import re

from manylinux_reference.reading.unusable import UnusableError, printable
from manylinux_reference.reading.wheel.version import version_key

EXTRA = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
NAME = re.compile(rf" *{EXTRA}(?![A-Za-z0-9._-]) *")
EXTRAS = re.compile(rf"\[ *(?:{EXTRA} *(?:, *{EXTRA} *)*)?\] *")
ENDINGS = r"\.(?:git|whl|zip|tar|t[gblx]z|tar\.(?:gz|bz2|lz|xz|lzma|zst))"
NUMBER = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
HOST = rf"(?:(?:[\w-]+\.)*[A-Za-z][\w-]*|{NUMBER}(?:\.{NUMBER}){{3}})(?::\d{{1,4}})?"
USER = r"(?:[\w.~%-]+(?::[\w.~%-]*)?@)?"
PATH = r"[\w!$%&'()*+,./:=~-]*"
FILE = rf"(?:{PATH}@)*{PATH}(?<!/){ENDINGS}"
URL = (  # that uv knows what to do with; seldom there, and so not compiled in advance
    rf"(?!.*xn--)(?:https?://{USER}{HOST}/{FILE}(?:[?#]\S*)?"
    rf"|git\+(?:https?|ssh)://{USER}{HOST}/{PATH}(?:@{PATH})?(?:#\S*)?"
    rf"|(?:file://)?/(?:{FILE}(?:#\S*)?|(?:[\w./-]*/)?[\w-]+))"
)
CLAUSE = re.compile(r"(~=|===?|!=|<=?|>=?)(.*)", re.DOTALL)
RELEASE = re.compile(r"v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*", re.IGNORECASE)
TWO_NUMBERS = re.compile(r"v?(?:[0-9]+!)?[0-9]+\.[0-9]", re.IGNORECASE)
LONG = re.compile(r"[0-9]{20}")  # digits, beyond uv's 64 bits
ENCODED = "=?"  # begins a word that uv decodes (RFC 2047)
WILD = ("==", "!=")
LOCAL = ("==", "===", "!=")
SLIPS = (  # what uv puts in the place of what
    (r"(\d)([<>=~^!])", r"\1,\2"),
    (r"!=~((?:\d\.)*\d)", r"!=\1.*"),
    (r"(<=|>=|<|>)(\d+(?:\.\d+)*)\.\*", r"\1\2"),
    (r"(\d\.\d)+\*", r"\1.*"),
    (r",\s*$", ""),
    (r">dev", ">0.0.0dev"),
    (r"(\d+(?:\.\d)*(?:a|b|rc|post|dev)\d+)\.0", r"\1"),
    ("['\"]", ""),
    (r",\s*$", ""),
)
TOKEN = re.compile(r" *('[^']*'|\"[^\"]*\"|[\w.]+|[()]|[<>=!~]+)")
OPERATORS = ("<", "<=", ">", ">=", "==", "!=", "~=", "in", "not in")
VARIABLES = frozenset((
    "os_name", "sys_platform", "platform_machine", "platform_python_implementation",
    "platform_release", "platform_system", "platform_version", "python_version",
    "python_full_version", "implementation_name", "implementation_version", "extra",
    "os.name", "sys.platform", "platform.version", "platform.machine",
    "platform.python_implementation", "python_implementation",
))  # fmt: skip
VERSIONS = (  # what pip compares as such
    "python_version", "python_full_version", "implementation_version",
    "platform_release",
)  # fmt: skip
DEEPEST = 50  # parentheses in parentheses, each of which costs pip some calls


def check_requirement(text: str) -> None:
    """Raise UnusableError if a value of Requires-Dist is none that both can read."""
    if not _is_requirement(text.replace("\t", " ").strip(" ")):
        raise UnusableError(f"METADATA requires {printable(text) or 'nothing'}")


def check_python(text: str) -> None:
    """Raise UnusableError if the value of Requires-Python is none that uv can read."""
    is_sound = _are_specifiers(text) or _are_specifiers(_mended(text))
    if text and (ENCODED in text or not is_sound):
        raise UnusableError(f"METADATA requires Python {printable(text)}")


def _mended(text: str) -> str:
    for slip, right in SLIPS:
        text = re.sub(slip, right, text)
    return text


def _is_requirement(text: str) -> bool:
    found = NAME.match(text)
    if not found or not text.isprintable() or ENCODED in text:
        return False
    rest = text[found.end() :]
    extras = EXTRAS.match(rest)
    rest = rest[extras.end() :] if extras else rest
    if rest[:1] == "@":  # whose address may have a semicolon in it
        address, _, rest = rest[1:].lstrip(" ").partition(" ")
        rest = rest.lstrip(" ")
        if not re.fullmatch(URL, address, re.ASCII) or rest[:1] not in ("", ";"):
            return False
    versions, semicolon, marker = rest.partition(";")
    versions = versions.strip(" ")
    if versions[:1] == "(" and versions[-1:] == ")":
        versions = versions[1:-1] or " "
    elif not semicolon:  # uv mends this in no other place
        versions = versions[:1] + versions[1:].removesuffix(",")
    if versions and not _are_specifiers(versions):
        return False
    if "===" in versions.rpartition(",")[0]:  # pip takes all that follows for a version
        return False
    return not semicolon or _is_marker(marker)


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
        while tokens[at] == "(" and depth < DEEPEST:
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
    at, text = 0, text.rstrip(" ")
    while found := TOKEN.match(text, at):
        at = found.end()
        if found[1] == "in" and tokens[-1:] == ["not"]:
            tokens[-1] = "not in"
        else:
            tokens.append(found[1])
    return [*tokens, text[at:], ""]


def _is_comparison(tokens: list[str]) -> bool:
    """Return whether something is compared that pip knows, in a way that it knows."""
    match tokens:
        case [left, operator, right] if operator in OPERATORS:
            pair = (left, right)
            if VARIABLES.isdisjoint(pair):
                return False
            if operator == "~=" and not _are_compatible(left, right):
                return False
            return all(each in VARIABLES or _is_quoted(each) for each in pair)
    return False


def _are_compatible(left: str, right: str) -> bool:
    """Return whether pip can say that one is compatible with the other."""
    return right in VERSIONS[:-1] or (
        left in VERSIONS and _is_specifier(f"~={right[1:-1]}")
    )


def _is_quoted(token: str) -> bool:
    return token[:1] in ("'", '"') and "\\" not in token  # an escape to pip alone
