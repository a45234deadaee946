"""Examples at the end of a command's help."""

from __future__ import annotations


def examples(*commands: str) -> str:
    r"""Return an epilog that shows commands; ``\b`` keeps click from folding them."""
    title = "Example" if len(commands) == 1 else "Examples"
    lines = (f"  manylinux-conformance {command}" for command in commands)
    return "\n".join(("\b", f"{title}:", *lines))
