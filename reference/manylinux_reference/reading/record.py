"""Reads RECORD: which files are listed, and whether with a hash."""

from __future__ import annotations


def read_record(text: str) -> dict[str, bool]:
    """Map each path to whether its row has a hash.

    The rows are CSV of three fields; only a path can need quoting.
    """
    record = {}
    for row in text.splitlines():
        if row[:1] == '"':
            path, _, rest = row[1:].replace('""', "\0").partition('"')
            path, rest = path.replace("\0", '"'), rest[1:]
        else:
            path, _, rest = row.partition(",")
        if path:
            record[path] = rest.partition(",")[0].strip('"') != ""
    return record
