"""Recognizes the requirements that most wheels have, without regular expressions.

Loading those costs a third of what a small wheel costs in all.  Whatever is recognized
here is a dependency specifier (PyPA); what is not may be one as well.
"""

from __future__ import annotations

LETTERS = "abcdefghijklmnopqrstuvwxyz"
NAME = f"{LETTERS}{LETTERS.upper()}0123456789._-"
OPERATORS = ("<", "<=", ">", ">=", "==", "!=")
WILD = ("==", "!=")
COMPATIBLE = "~="  # with a release of two numbers at least
JOINING = ("and", "or")
LONGEST = 19  # digits that fit into 64 bits in any case
VARIABLES = (
    "extra", "implementation_name", "os_name", "platform_machine",
    "platform_python_implementation", "platform_system", "python_full_version",
    "python_version", "sys_platform",
)  # fmt: skip


# Of a quoted text: other quotes, what begins an escape (to pip), and a word in another
# encoding (to uv, RFC 2047).
NO_LETTERS = "'\"\\?"


def is_plain_requirement(text: str) -> bool:
    """Return whether a value of Requires-Dist is a name, plain clauses, a marker."""
    head, semicolon, marker = text.partition(";")
    name, rest = _name_and_rest(head)
    if not (_is_plain_name(name) and text.isprintable()):
        return False  # one that goes on in another line has a mark of that
    if rest[:1] == "[":
        extras, bracket, rest = rest[1:].partition("]")
        if not (bracket and all(map(_is_plain_name, extras.split(",")))):
            return False
    rest = rest.strip()
    if rest[:1] + rest[-1:] == "()":
        rest = rest[1:-1] or " "  # uv wants something in them
    is_head = not rest or are_plain_specifiers(rest)
    return is_head and (not semicolon or _is_plain_marker(marker))


def _name_and_rest(text: str) -> tuple[str, str]:
    rest = text.lstrip(NAME)
    return text[: len(text) - len(rest)], rest


def _is_plain_name(text: str) -> bool:
    """Return whether a text is the name of a project or of an extra."""
    return not text.strip(NAME) and text[:1].isalnum() and text[-1:].isalnum()


def are_plain_specifiers(text: str) -> bool:
    """Return whether a text is clauses such as ``>=3.9`` or ``!=3.0.*``."""
    return all(map(_is_plain_specifier, text.split(",")))


def _is_plain_specifier(clause: str) -> bool:
    clause = clause.strip()
    version = clause.lstrip("<>=!~")
    operator = clause[: len(clause) - len(version)]
    release = version.strip()
    if operator in WILD:
        release = release.removesuffix(".*")
    numbers = release.split(".")
    is_release = release.isascii() and all(map(str.isdecimal, numbers))
    is_operator = operator in OPERATORS or (operator == COMPATIBLE and numbers[1:])
    return bool(is_operator) and is_release and len(release) <= LONGEST


def _is_plain_marker(text: str) -> bool:
    """Return whether a marker is plain comparisons, of which the first may be in ().

    So setuptools writes what an extra requires under a condition.
    """
    text = text.strip()
    if text[:1] != "(":
        return _are_plain_comparisons(text)
    first, _, others = text[1:].partition(")")
    word, _, others = others.strip().partition(" ")
    is_joined = word in JOINING
    return is_joined and all(map(_are_plain_comparisons, (first, others)))


def _are_plain_comparisons(text: str) -> bool:
    """Return whether a text is comparisons of a variable with a quoted text.

    They are joined by words, and have neither brackets nor quoted spaces.
    """
    words = text.split()
    comparisons = zip(words[::4], words[1::4], words[2::4], strict=False)
    return (
        len(words) % 4 == len(("variable", "operator", "text"))
        and all(word in JOINING for word in words[3::4])
        and all(_is_plain_comparison(*each) for each in comparisons)
    )


def _is_plain_comparison(variable: str, operator: str, text: str) -> bool:
    inner = text[1:-1]
    is_quoted = text in (f"'{inner}'", f'"{inner}"') and not {*inner} & {*NO_LETTERS}
    return variable in VARIABLES and operator in OPERATORS and is_quoted
