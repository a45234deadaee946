"""Changes the records of an archive: fields, names, extra fields, streams, gaps."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from tests.fuzzing.archives.model import SHAPES, Change, File

HARMLESS = ("time", "date", "made_by", "internal", "external", "version", "flags")
LIMITS = (0, 1, 2, 3, 8, 20, 45, 63, 64, 99, 0xFFFE, 0xFFFF, 1 << 31, 0xFFFFFFFF, -1)
FLAGS = tuple(1 << bit for bit in range(16))
SAME = (
    *("flags", "flags", "flags", "method", "crc", "packed", "size", "version"),
    *("time", "date", "name_size"),
)
NAMES = (
    *("{n}/../{n}/a", "{n}//a", "./{n}/a", "{n}/./a", "{n}/a/", "/{n}/a", "{n}\\a"),
    *("{n}/a\0b", "{n}/a\n", "{n}/A", "{n}/a ", "{n}/a.", "{n}/\u00e9", "{n}/e\u0301"),
    *("{n}/\u202e", "{n}/" + "x" * 256, "{n}/a:b", "{n}/con", "{n}/a/b/c", "{n}/{n}"),
    *("{n}/b.py", "{n}", "{n}/a\x7f", "{n}-1.dist-info/a", "{n}-1.data/purelib/{n}/a"),
    *("{n}-1.data/data/{n}_data/a", "{n}-1.dist-info/RECORD", "{n}/__init__.py", ""),
    *(
        "{n}-1.data/platlib/{n}/b.py",
        "{n}-1.data/scripts/{n}/a",
        "{n}-1.DATA/purelib/a",
        "{n}-2.data/purelib/a",
    ),
    *("{n}/b.py/c", "{n}/a\x1f", "{n}/\ufeff", "{n}/a%2f", "~{n}", "{n}.pth"),
)
WORDS = (  # of METADATA, WHEEL and RECORD, and what is written for them
    *((b"\n", b"\r\n"), (b"\n", b"\r"), (b"\n", b"\n\n"), (b"\n", b"\n ")),
    *((b": ", b":"), (b": ", b" : "), (b": ", b":\n "), (b": ", b" "), (b"", b"\n")),
    *((b"Name", b"name"), (b"Name:", b"Name: other\nName:"), (b"Version", b"version")),
    *((b"1.0", b"1"), (b"1.0", b"1.9"), (b"1.0", b"2.0"), (b"", b"\xef\xbb\xbf")),
    *(
        (b",", b",,"),
        (b",", b";"),
        (b",sha256", b", sha256"),
        (b"=", b"=="),
        (b"", b"x\n"),
    ),
    *(
        (b",1\n", b",x\n"),
        (b",,\n", b",\n"),
        (b"/", b"//"),
        (b"p", b'"p'),
        (b"\n", b""),
    ),
    *((b"\n", b" \n"), (b"\n", b"\x0c\n"), (b"\n", b"\nFrom x\n"), (b"", b" x: y\n")),
    *((b"", b"From x\n"), (b"1.0", b"1.-0"), (b"1.0", b"1.0 ")),
)
REQUIREMENTS = (
    *("foo>=1.*", "foo @ https://x/y", "foo @ https://x/y.whl", "foo @ hg+https://x/y"),
    *("foo @ https://1.2.3.999/y.whl", "foo ()", "foo>=1,", "foo (>=1,)", "foo[a,]"),
    *("foo; 'a' == 'a'", "foo; 'x' in extras", "foo; os_name ~= 'x'", "foo\n >=1", ""),
    *("foo===1, <2", "foo; os_name == '\\x'", "foo-", "UNKNOWN", "foo >= 3 # note"),
    *("foo==1.0+a", ">=1", "foo>1.0+a", "foo; python_version ~= '3'", "\n foo"),
)
PYTHONS = ("three", ">=3.*", ">=3,", "UNKNOWN", "3", ">=3.6.x", "~=3", ">3,\n <9", "^3")
ROWS = (
    *(b"x\n", b"x,,\n", b"x,,,\n", b'"x\n', b'"x,y",,\n', b"x,,-1\n", b"\xff,,\n"),
    *(b"x\x0c\x0cy,,\n", b'"x\n\ny",,+1\n', b"x" * 0x20001 + b",,\n", b'"x"y,,\n'),
    *("\u2028x,,\n".encode(), b"x,,\x0c\n", f"x,,{2**64 - 1}\n".encode()),
)


@dataclass(frozen=True, slots=True)
class Base:
    """A well-formed wheel: its project, its files, and whether it ends wide."""

    project: str
    files: tuple[File, ...]
    wide: bool


@dataclass(frozen=True, slots=True)
class Mutator:
    """Makes changes of one wheel, all of them chosen by ``random``."""

    base: Base
    random: Random

    def changes(self) -> list[Change]:
        """Return one to three changes, some of which belong together."""
        count = self.random.choice((1, 1, 1, 2, 2, 3))
        kinds: Sequence[Callable[[], Iterator[Change]]] = (
            *(self._field, self._field, self._field, self._both, self._both),
            *(self._name, self._name, self._extra, self._extra, self._stream),
            *(
                self._stream,
                self._gap,
                self._end,
                self._comment,
                self._words,
                self._words,
            ),
        )
        found: list[Change] = []
        while len(found) < count:
            found += self.random.choice(kinds)()
        return found

    def _number(self) -> int:
        return self.random.randrange(len(self.base.files))

    def _value(self, natural: int = 0) -> int:
        pick = self.random.choice
        near = natural + pick((-1, 1, 4, 12, 16, 24, -46, 46))
        return pick((pick(LIMITS), pick(FLAGS), near, self.random.getrandbits(32)))

    def _field(self) -> Iterator[Change]:
        """Have one record say something else than the others."""
        kind = self.random.choice(
            ("local", "local", "central", "central", "descriptor")
        )
        name, _ = self.random.choice(SHAPES[kind])
        if self.random.random() < 0.4 and kind != "descriptor":
            name = self.random.choice(HARMLESS)
        number = self._number()
        natural = len(self.base.files[number].content)
        yield Change(f"{kind} {number}", name, self._value(natural))

    def _both(self) -> Iterator[Change]:
        """Have header and directory say the same wrong thing."""
        number, name = self._number(), self.random.choice(SAME)
        value = self._value(len(self.base.files[number].content))
        if name == "flags":
            value = self.random.choice(FLAGS) | self.random.choice((0, 0x800, 0x8))
        for place in ("local", "central"):
            yield Change(f"{place} {number}", name, value)

    def _name(self) -> Iterator[Change]:
        number = self._number()
        name = self.random.choice(NAMES).format(n=self.base.project).encode()
        if self.random.random() < 0.2:
            other = self.random.choice(self.base.files).name.encode()
            name = self.random.choice((other, other.upper(), other + b"\0", b"\xff"))
        places = self.random.choice(
            (("local", "central"),) * 3 + (("local",), ("central",))
        )
        for place in places:
            yield Change(f"{place} {number}", "name", name)
            if not name.isascii() and self.random.random() < 0.8:
                yield Change(f"{place} {number}", "flags", 0x800)

    def _extra(self) -> Iterator[Change]:
        """Give a member an extra field: of zip64, a name, or one that is damaged."""
        number = self._number()
        file = self.base.files[number]
        sizes = struct.pack("<2Q", len(file.content), len(file.packed()))
        fake = self.random.choice(NAMES).format(n=self.base.project).encode()
        crc = zlib.crc32(file.name.encode())
        fields = [
            (1, sizes),
            (1, sizes[:8]),
            (1, sizes + bytes(8)),
            (1, bytes(16)),
            (0x7075, struct.pack("<BI", 1, crc) + fake),
            (0x7075, struct.pack("<BI", 1, 0) + fake),
            (0x7075, struct.pack("<BI", 1, crc) + file.name.encode()),
            (0x7075, b"\1"),
            (0x6375, struct.pack("<BI", 1, 0) + self.random.choice((b"text", b"\1"))),
            (0x5455, b"\3" + bytes(8)),
            (0x9901, struct.pack("<H2sBH", 2, b"AE", 3, 0)),
            (self.random.getrandbits(16), self.random.randbytes(4)),
        ]
        extra = b""
        for _ in range(self.random.choice((1, 1, 2))):
            kind, data = self.random.choice(fields)
            size = self.random.choice((len(data),) * 4 + (len(data) + 1, 0, 0xFFFF))
            extra += struct.pack("<2H", kind, size) + data
        extra += bytes(self.random.choice((0, 0, 0, 1, 3)))
        full = self.random.random() < 0.3
        for place in self.random.choice(
            (("local", "central"), ("local",), ("central",))
        ):
            yield Change(f"{place} {number}", "extra", extra)
            if full:
                name = self.random.choice(("packed", "size"))
                yield Change(f"{place} {number}", name, 0xFFFFFFFF)

    def _stream(self) -> Iterator[Change]:
        """Write the content in another way, or damage how it is written."""
        number = self._number()
        file = self.base.files[number]
        raw = file.content
        packed = bytearray(file.packed())
        raw_packed = _deflated(raw)
        spoiled = bytearray(packed or b"\0")
        spoiled[self.random.randrange(len(spoiled))] ^= 1 << self.random.randrange(8)
        empty = b"\0\0\0\xff\xff"
        ways: list[tuple[bytes, int, int]] = [  # packed, method, size
            (bytes(spoiled), 8 if file.is_deflated else 0, len(raw)),
            (empty * self.random.choice((1, 3, 500)) + raw_packed, 8, len(raw)),
            (raw_packed + b"rest", 8, len(raw)),
            (raw_packed[: len(raw_packed) // 2], 8, len(raw)),
            (_deflated(raw + b"more"), 8, len(raw)),
            (_deflated(raw), 8, len(raw) + 4),
            (raw_packed + raw_packed, 8, len(raw)),
            (zlib.compress(raw), 8, len(raw)),
            (raw + b"more", 0, len(raw)),
            (raw, 0, len(raw) + 1),
            (_unended(raw), 8, len(raw)),
        ]
        data, method, size = self.random.choice(ways)
        yield Change(f"local {number}", "data", data)
        for place in ("local", "central"):
            yield Change(f"{place} {number}", "method", method)
            if not (file.has_descriptor and place == "local"):
                yield Change(f"{place} {number}", "size", size)

    def _words(self) -> Iterator[Change]:
        """Write METADATA, WHEEL or RECORD in other words, with the right checksum."""
        files = enumerate(self.base.files)
        number, file = self.random.choice(
            [(number, file) for number, file in files if ".dist-info/" in file.name]
        )
        if file.is_wide:
            return
        old, new = self.random.choice(WORDS)
        some = self.random.choice((-1, 1))
        content = file.content.replace(old, new, some) if old else new + file.content
        content += self.random.choice((b"",) * 9 + ROWS)
        if file.name.endswith("METADATA") and self.random.random() < 0.6:
            content = file.content + self._requirement()
        data = _deflated(content) if file.is_deflated else content
        yield Change(f"local {number}", "data", data)
        for place in ("central", "descriptor" if file.has_descriptor else "local"):
            yield Change(f"{place} {number}", "crc", zlib.crc32(content))
            yield Change(f"{place} {number}", "size", len(content))

    def _requirement(self) -> bytes:
        if self.random.random() < 0.3:
            return f"Requires-Python: {self.random.choice(PYTHONS)}\n".encode()
        return f"Requires-Dist: {self.random.choice(REQUIREMENTS)}\n".encode()

    def _gap(self) -> Iterator[Change]:
        """Put bytes where none belong: text, or a whole member."""
        places = [
            ("file", name) for name in ("before", "before directory", "before end")
        ]
        places += [("file", "after"), ("end64", "after")]
        places.append((f"local {self._number()}", "after"))
        place, name = self.random.choice(places)
        hidden = _hidden(f"{self.base.project}/hidden.py")
        values = (b"nobody!", bytes(4), b"PK\5\6", hidden, b"PK\7\x08" + bytes(12))
        yield Change(place, name, self.random.choice(values))

    def _end(self) -> Iterator[Change]:
        kind = self.random.choice(("end64", "locator", "end", "end"))
        name, _ = self.random.choice(SHAPES[kind])
        value = self._value(len(self.base.files))
        yield Change(kind, name, value)
        if name.startswith("count") and self.random.random() < 0.5:
            for place in ("end", "end64"):  # all say the same wrong thing
                yield Change(place, "count", value)
                yield Change(place, "count_here", value)

    def _comment(self) -> Iterator[Change]:
        hidden = b"PK\5\6" + bytes(18)
        comments = (b"text", hidden, bytes(22), b"\1", hidden[:-2] + b"\4\0text")
        place = self.random.choice(("end", f"central {self._number()}"))
        yield Change(place, "comment", self.random.choice(comments))


def _deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def _unended(content: bytes) -> bytes:
    """Return a stream without a last block."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush(zlib.Z_SYNC_FLUSH)


def _hidden(name: str) -> bytes:
    """Return a member with its local header alone."""
    content = b"hidden = True\n"
    fields = (20, 0, 0, 0, 33, zlib.crc32(content), len(content), len(content))
    sizes = (len(name), 0)
    return (
        struct.pack("<4s5H3L2H", b"PK\3\4", *fields, *sizes) + name.encode() + content
    )
