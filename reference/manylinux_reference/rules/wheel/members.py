"""Says what is wrong with a member's name, if it could leave the target folder."""

from __future__ import annotations

from manylinux_reference.mutants.rule import nothing, rule

LONGEST_NAME = 4096  # PATH_MAX on Linux


@rule("auditor.input.hostile", off=nothing)
def refusal_of_name(name: str) -> str | None:
    """Return why an installer cannot place a member of this name, or None."""
    if not name or len(name) > LONGEST_NAME:
        return "the name is empty or too long"
    if "\\" in name or "\0" in name:
        return "the name has a backslash or a null byte"
    if name[0] == "/" or name[1:2] == ":":
        return "the name is absolute"
    if ".." in name and ".." in name.split("/"):
        return "the name leaves the target folder"
    if "//" in name or name.startswith("./") or "/./" in name:
        return "the name is not in its simplest form"
    return None
