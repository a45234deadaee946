"""A question to an index: what becomes of this upload, and what is served of it?"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import ClassVar

import msgspec
from manylinux_spec.architectures import architectures

from manylinux_conformance.questions.answer import Answer, Judged, compared
from manylinux_conformance.questions.case import Case
from manylinux_conformance.questions.question import Wording
from manylinux_conformance.results.verdicts import Role

USUAL_ARCH = "x86_64"
ARCH = "{arch}"


class Became(enum.StrEnum):
    """What may become of an upload; whatever else does is wrong."""

    ACCEPTED = "accepted"  # 2xx, listed, and served as it was sent
    REFUSED = "refused"  # 4xx, and not listed
    NOT_LISTED = "not listed"  # where nothing whole was sent, whatever the status
    EITHER = "accepted or refused"


class Archive(enum.StrEnum):
    """What is wrong with the wheel's archive."""

    SOUND = "sound"
    TRUNCATED = "truncated"  # its first half
    EMPTY = "empty"  # no byte at all
    TEXT = "text"  # something else than a zip archive
    DAMAGED = "damaged"  # bytes of a member are zeros
    NO_METADATA = "no METADATA"
    NO_WHEEL = "no WHEEL"
    NO_RECORD = "no RECORD"
    UNRECORDED = "a member that RECORD lacks"


class Send(enum.StrEnum):
    """How a wheel is sent."""

    WHOLE = "whole"
    SLOWLY = "slowly"  # in pieces, for some seconds
    INTERRUPTED = "interrupted"  # the connection ends before the body does
    RESUMED = "resumed"  # whole, after an attempt that was interrupted
    NOTHING = "nothing"  # no upload is made


class Client(enum.StrEnum):
    """What sends a wheel."""

    FORM = "form"  # the suite itself, in the form that twine sends
    TWINE = "twine"
    UV = "uv"


class Look(enum.StrEnum):
    """What is looked at besides, once it is clear what became of the upload."""

    LISTED = "listed"
    HASH = "hash"  # does the page give the SHA-256, and is it the file's?
    METADATA = "metadata"  # is the metadata file that the page announces there?
    PROJECT = "project"  # is there a page of a project without any file?
    REFUSAL = "refusal"  # does it name the file and the tag?


class Examines(enum.StrEnum):
    """What an index looks at that answers a question; who does not, declines."""

    NAME = "name"
    TAGS = "tags"
    CONTENTS = "contents"
    PLATFORMS = "platforms"  # so that it can leave out the wheels of one


class Upload(Case, frozen=True, kw_only=True):
    """A wheel that is uploaded: is it accepted, and what is served of it?

    ``tag`` is the platform tag, or the set, of its file name; with ``{arch}`` in it,
    or in ``fixture``, the question is asked for each architecture.
    ``wheel`` are the ``Tag`` lines of WHEEL, where they differ from the file name.
    ``after`` is the tag of a wheel of the same release that is uploaded before, with
    the same content if ``same_bytes``.
    ``fixture`` is a wheel of the corpus, uploaded in the place of a made-up one.
    ``right_digest``: the form has the wheel's own SHA-256.
    ``client`` sends the wheel, and the one before it; only the suite's own form is
    sent in another way than whole and with the right digest.
    """

    ROLES: ClassVar = frozenset({Role.INDEX})
    EXPECTED: ClassVar = frozenset({"expect"})

    tag: str = f"manylinux_2_17_{USUAL_ARCH}"
    arch: str = ""
    wheel: tuple[str, ...] = ()
    archive: Archive = Archive.SOUND
    after: str = ""
    same_bytes: bool = False
    fixture: str = ""
    right_digest: bool = True
    client: Client = Client.FORM
    send: Send = Send.WHOLE
    look: Look = Look.LISTED
    examines: Examines = Examines.NAME
    expect: Became

    @property
    def key(self) -> str:
        """The identifier, with the architecture of the wheel."""
        return f"{self.id}@{self.arch}"

    @property
    def wheel_arch(self) -> str:
        """The architecture of the wheel."""
        return self.arch

    @property
    def expected(self) -> str:
        """What is to become of it."""
        return self.expect.value

    def judge(self, answer: Answer) -> Judged:
        """Judge what became of the upload."""
        permitted = self.expect.value.split(" or ")
        right = answer.answer in permitted
        return compared(self.expected, answer.answer, right=right)

    def problems(self) -> list[str]:
        """Return what makes no sense: no program sends anything but the whole truth."""
        is_usual = self.send is Send.WHOLE and self.right_digest
        if self.client is Client.FORM or is_usual:
            return []
        return [f"{self.client} sends every wheel whole, and with its own digest"]

    def each_arch(self) -> Iterator[Upload]:
        """Yield the question, once for each architecture if it has a placeholder."""
        everywhere = ARCH in self.tag + self.fixture
        for arch in architectures() if everywhere else (self.arch or USUAL_ARCH,):
            filled = {
                name: getattr(self, name).replace(ARCH, arch)
                for name in ("tag", "after", "fixture")
            }
            wheel = tuple(line.replace(ARCH, arch) for line in self.wheel)
            yield msgspec.structs.replace(self, arch=arch, wheel=wheel, **filled)

    def wording(self) -> Wording:
        """Put the case into words."""
        wheel = self.fixture and f"the fixture {self.fixture}"
        said = [wheel or f"py3-none-{self.tag}"]
        if self.archive is not Archive.SOUND:
            said.append(f"archive: {self.archive}")
        if self.wheel:
            said.append(f"Tag: {', '.join(self.wheel)}")
        if self.after:
            bytes_of = "the same" if self.same_bytes else "other"
            said.append(f"after py3-none-{self.after} with {bytes_of} bytes")
        if not self.right_digest:
            said.append("with a wrong sha256_digest")
        if self.send is not Send.WHOLE:
            said.append(f"sent: {self.send}")
        if self.client is not Client.FORM:
            said.append(f"sent by {self.client}")
        if self.look is not Look.LISTED:
            said.append(f"looked at: {self.look}")
        if self.examines is Examines.PLATFORMS:
            return Wording("Does a mirror without Linux have this?", tuple(said))
        return Wording("What becomes of this upload?", tuple(said))
