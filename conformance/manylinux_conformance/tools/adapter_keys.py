"""The keys of an adapter file: meaning, JSON Schema, and hints at mistakes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from manylinux_conformance.results.verdicts import Role
from manylinux_conformance.roles.registry import ROLES
from manylinux_conformance.sandbox.tool_description import (
    Fact,
    Provide,
    ToolDescription,
)
from manylinux_conformance.tools.causes import Kind, Shows
from manylinux_conformance.tools.deviations import CauseEntry

CAUSE = "cause"
UNKNOWN = re.compile(r"unknown field `([^`]*)`(?: - at `\$\.?([^`]*)`)?")
NO_MEMBER = re.compile(r"Invalid enum value '([^']*)'(?: - at (.*))?")
NO_NAME = re.compile(r"Expected `str` matching regex .* - at `\$\.(name|versions\S*)`")
MEMBERS: Mapping[str, tuple[str, ...]] = {
    "roles": tuple(Role),
    "kind": tuple(Kind),
    "cannot_see": tuple(Fact),
}

# What each key means; a test holds them against the fields that there are.
COMMANDS = {
    "variables": "Environment variables of the commands, with placeholders.",
    "seconds": "How long one run may take, before its questions are timeouts.",
}
LIBRARY = {
    "prefix": "What stands before a platform tag alone, as `{cp}-none`.",
    "declines": "Patterns of rules that it has no answer to, each with the reason.",
}
KEYS: Mapping[str, Mapping[str, str]] = {
    "": {
        "name": "The name that reports use.",
        "roles": "What the tool is asked to be; each role has a table of its name.",
        "homepage": "An address, for reports.",
        "version": "A command that prints which version answers, for reports.",
        "versions": "The pinned releases; `{version}` stands for each of them.",
        "provide": "Where it comes from; by default it is a program of this machine.",
        "native_only": "Why the tool is not asked under emulation.",
        "cannot_see": "Facts that the tool cannot be shown, each with the reason.",
        CAUSE: "Why it differs from rules, and where; one table for each cause.",
        **{role.table_key: f"How the tool is asked as {role.value}." for role in ROLES},
    },
    "provide": {
        "pypi": "Requirements that are installed for the tool, as `pip=={version}`.",
        "constraints": "A constraints file of pip, for what the tool itself needs.",
        "inside": "Whether it runs in the interpreter of the target environment.",
        "python": "The interpreters that a version needs, as `<3.12`.",
        "system": "A pattern of systems on which it is asked, as `debian 12 x86_64`.",
        "image": "A pattern of the images that have the tool; only builders are.",
    },
    "installer": {
        "command": "What installs `{requirements}` from `{links}` into `{target}`.",
        "lock": "A command that runs before the other, and writes a lock file.",
        "files": "Files to write into `{work}` before the command runs.",
        "lands_in": "Where to look for what was installed; by default `{target}`.",
        "explicit_target": "Arguments for another target, from `{platform_tag}`.",
        "unversioned_target": "The same for a target that names no glibc version.",
        "running_target": "Arguments where no target is named.",
        "kept_in_home": "Folders in the home that a first use leaves for later ones.",
        "explicit_targets": "A regular expression of the targets that the tool means.",
        "unsupported": "Regular expressions of how the tool refuses a whole platform.",
        **LIBRARY,
        **COMMANDS,
    },
    "tag_library": {
        "command": "A process that answers a JSON line for each JSON line.",
        **LIBRARY,
        **COMMANDS,
    },
    "auditor": {
        "command": "What audits one `{wheel}`, and ends with status 0, 1 or 2.",
        "lines": "A process that is given wheels as JSON lines and answers in such.",
        "repair": "What writes the repaired `{wheel}` into `{out}`.",
        "own_machine": "Versions that take every wheel for one of their own machine.",
        **COMMANDS,
    },
    "builder": {
        "c": "A C compiler that takes GCC's options.",
        "cxx": "A C++ compiler of the same kind.",
        "cxx_targets": "Patterns of the targets that are asked about C++ too.",
        "cross": "Whether nothing can be run on the targets.",
        "interpreters": "Patterns of the interpreters that it has.",
        "back_end": "What builds the project in `{work}` into a wheel in `{out}`.",
        "files": "Files of that project.",
        "targets": "The tags that are promised, each with the tool's own name for it.",
        **COMMANDS,
    },
    "loader": {
        "install": "What installs the wheels that are appended into `{target}`.",
        "command": "What imports packages from `{target}`, and answers in JSON.",
        **COMMANDS,
    },
    "index": {
        "prepare": "A command that runs before the server is started.",
        "start": "What starts the server on `{port}`; without it one runs already.",
        "front": "A server on `{port}` before the other, which is on `{inner}` then.",
        "after": "A command that runs once the server is ready.",
        "ready": "The address that answers once uploads can be taken.",
        "inner_ready": "The same of the server behind a `front`.",
        "upload": "The address that takes uploads; without it, files are looked at.",
        "page": "The address of the simple page of `{project}`.",
        "files": "A folder, or the index `{upstream}`, of which this one is a view.",
        "user": "Who uploads.",
        "password": "With which password.",
        "password_file": "A file that has the password.",
        "settle": "How many seconds it may take until an upload is listed.",
        "audits": "Whether it looks inside wheels.",
        "leaves_out_linux": "Whether it is told to leave out the wheels for Linux.",
        "declines": LIBRARY["declines"],
        "recorded": "The day of the answers on file, for `gate-names`.",
        "by_hand": "Why it is asked only where somebody has it running.",
        **COMMANDS,
    },
    CAUSE: {
        "id": "An identifier, in small letters.",
        "of": "The tool whose cause it is, where this one only carries that tool.",
        "kind": "Why the tool differs.",
        "why": "One sentence on what it does differently.",
        "links": "Where that was reported, decided or documented.",
        "since": "The first release that does so.",
        "why_kind": "Why the kind is not that of another tool in the same cases.",
        "why_each": "Why several rules are broken that nothing else breaks.",
        "versions": "Patterns of the versions that differ.",
        "roles": "The roles in which the tool differs; by default all of its roles.",
        "shows": "Where it shows; one table for each.",
    },
    f"{CAUSE}.shows": {
        "rules": "Patterns of rules.",
        "cases": "Patterns of cases, without the rule.",
        "platforms": "Patterns of platforms, or of the architectures of wheels.",
        "versions": "Patterns of versions, if it shows in fewer than the cause names.",
    },
}


class CommonKeys(
    ToolDescription, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """What stands in an adapter file beside the tables of its roles."""

    roles: Annotated[tuple[Role, ...], msgspec.Meta(min_length=1)]


WRITTEN = """\
`manylinux-conformance adapter keys` writes this page from the code that reads \
adapter files, and `adapter schema` a JSON Schema for editors."""
PAGE_HEAD = (
    "# Every key of an adapter file",
    "",
    WRITTEN,
    "{doc}`test-your-installer` shows how to begin; placeholders are described there.",
)


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an adapter file: its type and default in words, and its meaning."""

    name: str
    kind: str
    default: str
    meaning: str


def tables() -> dict[str, type[msgspec.Struct]]:
    """Return the tables of an adapter file, by their place in it."""
    roles = {role.table_key: definition.table for role, definition in ROLES.items()}
    return {
        "": CommonKeys,
        "provide": Provide,
        **roles,
        CAUSE: CauseEntry,
        f"{CAUSE}.shows": Shows,
    }


def keys(table: str) -> Iterator[Key]:
    """Yield the keys of a table, as far as one writes them as values."""
    for field in msgspec.structs.fields(tables()[table]):
        yield Key(
            field.encode_name,
            _words(schema_of(tables()[table])["properties"][field.encode_name]),
            "required" if field.required else _default(field),
            KEYS[table][field.encode_name],
        )


def page() -> str:
    """Return the reference page of all keys, as Markdown."""
    lines = [*PAGE_HEAD]
    for table in tables():
        title = f"`[{table}]`" if table else "At the top"
        doubled = f"`[[{table}]]`" if table.startswith(CAUSE) else title
        lines += ["", f"## {doubled}", "", "| key | value | default | meaning |"]
        lines += ["|---|---|---|---|"]
        lines += [
            f"| `{key.name}` | {key.kind} | {key.default} | {key.meaning} |"
            for key in keys(table)
        ]
    return "\n".join(lines) + "\n"


def schema() -> dict[str, Any]:
    """Return the JSON Schema of adapter files, for editors."""
    parts = {name: schema_of(shape) for name, shape in tables().items()}
    for name, part in parts.items():
        for key, meaning in KEYS[name].items():
            if key in part["properties"]:
                part["properties"][key]["description"] = meaning
    whole = parts[""]
    for role in ROLES:
        whole["properties"][role.table_key] = parts[role.table_key]
    parts[CAUSE]["properties"]["shows"]["items"] = parts[f"{CAUSE}.shows"]
    whole["properties"]["provide"] = parts["provide"]
    whole["properties"][CAUSE] = {"type": "array", "items": parts[CAUSE]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An adapter of manylinux-conformance",
        **whole,
    }


def schema_of(shape: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the schema of one table, with what it refers to put in place."""
    parts = msgspec.json.schema(shape)["$defs"]
    inner = _inlined(parts[shape.__name__], parts)
    inner.pop("title")
    inner.pop("description")
    inner["additionalProperties"] = False
    return dict(inner)


def explained(reason: str) -> str:
    """Return what is wrong with an adapter file, with what would be right."""
    if found := UNKNOWN.search(reason):
        table = re.sub(r"\[[^]]*\]", "", found[2] or "")
        shape = tables().get(table)
        names = [*KEYS[""]] if not table else _names(shape)
        return _with_hint(f"unknown key {found[1]!r}{_at(table)}", found[1], names)
    if found := NO_MEMBER.search(reason):
        place = found[2] or ""
        names = [each for key, all_ in MEMBERS.items() if key in place for each in all_]
        return _with_hint(f"{found[1]!r} is not possible{_at(place)}", found[1], names)
    if found := NO_NAME.search(reason):
        form = "letters, digits and . _ + - after a letter or a digit"
        return f"{found[1]} has to be of {form}"
    return reason


def _names(shape: type[msgspec.Struct] | None) -> list[str]:
    return [each.encode_name for each in msgspec.structs.fields(shape)] if shape else []


def _with_hint(said: str, wrong: str, names: Iterable[str]) -> str:
    known = list(names)
    near = difflib.get_close_matches(wrong, known, 1)
    hint = f"did you mean '{near[0]}'? " if near else _elsewhere(wrong)
    if not hint and (near := difflib.get_close_matches(wrong, known, 1, 0.4)):
        hint = f"did you mean '{near[0]}'? "
    return f"{said}: {hint}possible are {', '.join(known)}" if known else said


def _elsewhere(wrong: str) -> str:
    """Return a hint at a key of another table; empty if none is near."""
    for table in filter(None, KEYS):
        if near := difflib.get_close_matches(wrong, KEYS[table], 1, 0.8):
            return f"did you mean '{near[0]}' under [{table}]? "
    return ""


def _at(place: str) -> str:
    shown = re.sub(r"`|\$\.?", "", place).removeprefix("key in ")
    return f" in {shown}" if shown else ""


def _inlined(part: Any, parts: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """Return a schema with every reference replaced by what it refers to."""
    if isinstance(part, dict):
        if "$ref" in part:
            return _inlined(parts[part["$ref"].rpartition("/")[2]], parts)
        return {key: _inlined(value, parts) for key, value in part.items()}
    return [_inlined(each, parts) for each in part] if isinstance(part, list) else part


def _words(part: Mapping[str, Any]) -> str:
    """Return a type in words."""
    if "enum" in part:
        return " or ".join(f"`{each}`" for each in part["enum"])
    if "anyOf" in part:
        return " or ".join(
            _words(each) for each in part["anyOf"] if each != {"type": "null"}
        )
    kind = part.get("type", "")
    if kind == "array":
        return f"list of {_words(part.get('items', {}))}".replace(
            "list of `", "any of `"
        )
    if part.get("format") == "date":
        return "a date"
    plain = {"string": "text", "boolean": "`true` or `false`"}
    plain |= dict.fromkeys(("integer", "number"), "number")
    return plain.get(kind, "table")


def _default(field: msgspec.structs.FieldInfo) -> str:
    value = field.default
    if (
        value is msgspec.NODEFAULT
        or value in ("", (), {})
        or not isinstance(value, str | int | tuple)
    ):
        return ""
    return f"`{msgspec.json.encode(value).decode()}`"
