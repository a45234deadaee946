"""A form is read in one way, or not at all."""

from __future__ import annotations

import pytest
from manylinux_reference.commands.gate.form import (
    LONGEST_HEAD,
    MOST_PARTS,
    FormError,
    Part,
    boundary_of,
    parts,
    value,
    wheel_of,
)

BOUNDARY = b"frontier"
WHEEL = "a-1-py3-none-any.whl"


def field(name: str, said: str) -> bytes:
    return part(f'form-data; name="{name}"', said.encode())


def file(filename: str, content: bytes = b"PK", name: str = "content") -> bytes:
    return part(f'form-data; name="{name}"; filename="{filename}"', content)


def part(disposition: str, content: bytes = b"PK", *more: str) -> bytes:
    lines = "\r\n".join((f"Content-Disposition: {disposition}", *more))
    head = b"--" + BOUNDARY + b"\r\n" + lines.encode() + b"\r\n\r\n"
    return head + content + b"\r\n"


def whole(*of: bytes, end: bytes = b"\r\n") -> bytes:
    return b"".join(of) + b"--" + BOUNDARY + b"--" + end


def read(body: bytes) -> Part | None:
    return wheel_of(list(parts(body, BOUNDARY)))


@pytest.mark.parametrize(
    "form",
    [
        whole(field("name", "a"), file(WHEEL)),
        whole(file(WHEEL), field("name", "a"), field("sha256_digest", "")),
        whole(field("filetype", "sdist"), file(WHEEL)),
        whole(file(WHEEL, name="anything")),
        whole(file(WHEEL), file(f"{WHEEL}.asc", name="gpg_signature")),
        whole(file(WHEEL), end=b""),
        whole(file(WHEEL, b"")),
        whole(file(WHEEL, b"PK\r\n--front\r\n--")),
        whole(part(f'form-data;name="content";filename="{WHEEL}"')),
        whole(part(f'form-data; name="content"; filename="{WHEEL}"', b"PK",
                   "Content-Type: application/octet-stream", "Content-Length: 2")),
    ],
)  # fmt: skip
def test_a_form_has_one_wheel_wherever_it_stands(form: bytes) -> None:
    found = read(form)
    assert found is not None
    assert found.filename == WHEEL
    assert value(form, found)[:2] in {"PK", ""}


@pytest.mark.parametrize(
    "form",
    [
        whole(field("name", "a")),
        whole(file("a-1.tar.gz")),
        whole(file("a-1.zip"), file("a-1.zip.asc", name="gpg_signature")),
        whole(),
    ],
)
def test_a_form_may_have_no_wheel(form: bytes) -> None:
    assert read(form) is None


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        (b"", "does not begin"),
        (b"preamble\r\n" + whole(file(WHEEL)), "does not begin"),
        (whole(file(WHEEL))[:-4], "without headers"),
        (whole(file(WHEEL, bytes(20)))[:-20], "is not whole"),
        (file(WHEEL), "is not whole"),
        (b"--frontier\r\n" + b"x" * LONGEST_HEAD, "without headers"),
        (b"--frontier \r\n\r\n" + whole(), "without headers"),
        (whole(end=b"\r\nmore"), "goes on after its end"),
        (whole(end=b"\r\n\r\n"), "goes on after its end"),
        (whole(file(WHEEL)) + whole(file(WHEEL)), "goes on after its end"),
        (whole(field("a", "x\n--frontier\nwhat a reader of lines sees")), "inside"),
        (whole(file(WHEEL, b"\r--frontier--")), "inside"),
        (whole(file(WHEEL, b"--frontier")), "inside"),
        (whole(field("a", "b")).replace(b"b\r\n", b""), "inside a part"),
        (whole(*[field("a", "b")] * (MOST_PARTS + 1)), "has more than"),
        (whole(part('form-data; name="content"', b"", "X-Other: 1")), "x-other"),
        (whole(part('form-data; name="a"', b"", "content-disposition: b")), "header"),
        (whole(part('form-data; name="a"', b"", "Content-Type: a\n b")), "header"),
        (whole(part('form-data; name="a"', b"", "Content-Transfer-Encoding: base64")),
         "header"),
        (whole(part('form-data; name="a"', b"PKPK", "Content-Length: 2")), "length"),
        *(
            (whole(part('form-data; name="a"', b"", f"Content-Type: {kind}")), "own")
            for kind in (
                "multipart/mixed; boundary=inner",
                "Multipart/Form-Data; boundary=inner",
                "message/rfc822",
                "application/x-www-form-urlencoded",
            )
        ),
    ],
)  # fmt: skip
def test_what_is_not_whole_or_has_two_readings_is_refused(
    form: bytes, reason: str
) -> None:
    with pytest.raises(FormError, match=reason):
        read(form)


@pytest.mark.parametrize("before", [0, 1, 4000, 4087, 4088, 4095, 4096, 13000, 3 << 20])
def test_a_boundary_is_found_wherever_it_is(before: int) -> None:
    """However a form is looked through, piece by piece."""
    form = whole(field("a", "x" * before), file(WHEEL))
    first, second = parts(form, BOUNDARY)
    assert first.end - first.start == before
    assert second.filename == WHEEL


@pytest.mark.parametrize(
    "disposition",
    [
        f"form-data; name=content; filename={WHEEL}",
        f'form-data; name="content"; filename="a.txt"; filename="{WHEEL}"',
        f'form-data; name="x"; name="content"; filename="{WHEEL}"',
        f"form-data; name=\"content\"; filename*=utf-8''{WHEEL}",
        f'form-data; name="content"; filename="a"; filename*=utf-8\'\'{WHEEL}',
        f'form-data; filename="{WHEEL}"; name="content"',
        f'form-data; filename="{WHEEL}"',
        f'attachment; name="content"; filename="{WHEEL}"',
        r'form-data; name="content"; filename="a\".whl"',
        'form-data; name="content"; filename="a.whl',
        "form-data",
        "",
    ],
)
def test_names_are_taken_in_one_notation(disposition: str) -> None:
    with pytest.raises(FormError, match="different ways"):
        read(whole(part(disposition)))


@pytest.mark.parametrize(
    "filename",
    [
        f"../{WHEEL}",
        f"/opt/{WHEEL}",
        f".{WHEEL}",
        f"{'a' * 300}.whl",
        # Readers that strip or translate see a wheel here.
        f"{WHEEL} ",
        f"{WHEEL}.",
        f"{WHEEL}+",
        f"{WHEEL}\u200b",
        "a-1-py3-none-any.w*hl",
        "a-1-py3-none-any\uff0ewhl",
        "a-1-py3-none-any.\uff57hl",
        # Readers that decode see one here.
        "a-1-py3-none-any.%77hl",
        "a-1-py3-none-any.whl%00",
        "=?utf-8?q?a-1-py3-none-any=2Ewhl?=",
        # Readers that know no quotes end a name here.
        f"{WHEEL};a.tar.gz",
    ],
)
def test_a_wheel_cannot_be_called_as_if_it_were_none(filename: str) -> None:
    with pytest.raises(FormError, match=r"no file name|header"):
        read(whole(file(filename)))


@pytest.mark.parametrize(
    "files",
    [
        (file(WHEEL), file(WHEEL)),
        (file(WHEEL), file("b-1-py3-none-any.whl", name="other")),
        (file(WHEEL), file("b-1.tar.gz")),
        (file(WHEEL, name="other"), file("b-1.tar.gz")),
        (file(WHEEL, name="other"), file("b-1.tar.gz", name="CONTENT")),
        (file("a-1.tar.gz", name="x"), file(WHEEL, name="y"), file(WHEEL, name="z")),
    ],
)
def test_there_is_one_file_in_question(files: tuple[bytes, ...]) -> None:
    with pytest.raises(FormError, match="several files"):
        read(whole(*files))


@pytest.mark.parametrize(
    ("kind", "boundary"),
    [
        ("multipart/form-data; boundary=frontier", b"frontier"),
        ("Multipart/Form-Data;Boundary=frontier", b"frontier"),
        ('multipart/form-data; boundary="==a:b?=="', b"==a:b?=="),
        ("multipart/form-data; boundary=----WebKit0x1'+.", b"----WebKit0x1'+."),
    ],
)
def test_a_form_says_its_boundary(kind: str, boundary: bytes) -> None:
    assert boundary_of(kind) == boundary


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary=""',
        "multipart/form-data; boundary=a; boundary=b",
        "multipart/form-data; charset=utf-8; boundary=a",
        "multipart/form-data; boundary*=utf-8''a",
        "multipart/form-data; boundary*0=a; boundary*1=b",
        "multipart/form-data, boundary=a",
        "multipart/form-data; boundary=a b",
        "multipart/form-data; boundary=ä",
        f"multipart/form-data; boundary={'a' * 71}",
        "multipart/mixed; boundary=a",
        "multipart/related; boundary=a",
        "text/plain, multipart/form-data; boundary=a",
    ],
)
def test_another_type_or_two_boundaries_are_no_form(kind: str) -> None:
    with pytest.raises(FormError, match="one boundary"):
        boundary_of(kind)
