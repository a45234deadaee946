"""reStructuredText from the Markdown that rules are written in."""

from __future__ import annotations

import re

PART = re.compile(
    r"\{(?P<role>[a-z]+)\}`(?P<target>[^`]+)`"
    r"|``(?P<quoted>.+?)``|`(?P<code>[^`]+)`"
    r"|\[(?P<words>(?:[^][`]|`[^`]*`)+)\]\((?P<address>[^)\s]+)\)"
    r"|\*(?P<emphasis>[^*\s][^*]*)\*"
)
PEP = re.compile(r"https://peps\.python\.org/pep-0*(\d+)/(?:#([\w-]+))?")
SPECIAL = re.compile(r"([\\*`|_])(?=\W|$)|([\\*`|])")


def rest(text: str, rules: frozenset[str]) -> str:
    """Return one line of Markdown as reStructuredText.

    ``rules`` have a target in the same document; others are set as code.
    """
    found, end = [], 0
    for part in PART.finditer(text):
        found += [_escaped(text[end : part.start()]), _inline(part, rules)]
        end = part.end()
    return _joined([*found, _escaped(text[end:])])


def _inline(part: re.Match[str], rules: frozenset[str]) -> str:
    if target := part["target"]:
        return f"`{target}`_" if target in rules else f"``{target}``"
    if code := part["quoted"] or part["code"]:
        return f"``{code.strip()}``"
    if address := part["address"]:
        words = part["words"].replace("`", "").replace("<", r"\<")
        if pep := PEP.fullmatch(address):
            return _pep(words, pep[1], pep[2])
        return f"`{words} <{address}>`__"
    return f"*{part['emphasis']}*"


def _pep(words: str, number: str, section: str | None) -> str:
    """Return a reference as PEP 12 wants it: the role, never an address."""
    return f":pep:`{words} <{number}{f'#{section}' if section else ''}>`"


def _escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\g<0>", text)


def _joined(parts: list[str]) -> str:
    """Join parts so that inline markup is recognized beside letters."""
    text = ""
    for index, part in enumerate(parts):
        is_markup = index % 2
        beside = text[-1:] if is_markup else part[:1]
        if text and beside.isalnum():
            text += r"\ "
        text += part
    return text


def heading(words: str, line: str) -> str:
    """Return a heading that is underlined with a character."""
    return f"{words}\n{line * len(words)}\n"
