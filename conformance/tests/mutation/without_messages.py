"""Starts mutmut, but leaves message texts as they are.

A string is a message text if a space in it stands beside a letter or a digit: keys,
tags, paths and file names have no spaces.  A formatted string counts as a whole.
What is left out: changes inside of such a text, None in its place where it is assigned,
and calls that lose it or get None for it.  A text is often made one line before it is
used, so calls that lose one of the names in ``NAMES`` are left out too.
"""

from __future__ import annotations

import re

import libcst as cst
from mutmut.__main__ import cli
from mutmut.mutation import file_mutation

BESIDE_A_SPACE = re.compile(r"[\w,:;)] | [\w(]")
NAMES = ("message", "text", "reason")


def is_message(node: cst.CSTNode | None) -> bool:
    """Return whether an expression is a text for people."""
    match node:
        case cst.SimpleString(value=text) | cst.FormattedStringText(value=text):
            return bool(BESIDE_A_SPACE.search(text))
        case cst.FormattedString(parts=parts):
            return any(is_message(part) for part in parts)
        case cst.ConcatenatedString(left=left, right=right):
            return is_message(left) or is_message(right)
    return False


def _gives_message(node: cst.CSTNode | None) -> bool:
    return is_message(node) or (isinstance(node, cst.Name) and node.value in NAMES)


class Visitor(file_mutation.MutationVisitor):
    """Finds the mutants of a module, except for those of message texts."""

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        return is_message(node) or super()._skip_node_and_children(node)

    def _removes_ignored_code(self, node: cst.CSTNode, mutated: cst.CSTNode) -> bool:
        match node, mutated:
            case cst.Call(args=before), cst.Call(args=after):
                kept = {id(each) for each in after}
                gone = [each.value for each in before if id(each) not in kept]
                if any(_gives_message(each) for each in gone):
                    return True
            case ((cst.Assign(value=value) | cst.AnnAssign(value=value)), _):
                if is_message(value):
                    return True
        return super()._removes_ignored_code(node, mutated)


if __name__ == "__main__":
    file_mutation.MutationVisitor = Visitor  # type: ignore[misc]
    cli()
