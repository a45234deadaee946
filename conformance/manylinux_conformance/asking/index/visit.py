"""One question to an index: upload, look at the page, fetch the file."""

from __future__ import annotations

import http
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from manylinux_conformance.asking.index.client import (
    CUT,
    PIECES,
    IndexClient,
    ListedFile,
    NoAnswerError,
    Reply,
    last_part,
)
from manylinux_conformance.asking.index.upload_program import UploadProgram
from manylinux_conformance.asking.index.uploaded_wheel import (
    UploadedWheel,
    made_up_before,
)
from manylinux_conformance.questions.answer import Answer, answered, broken
from manylinux_conformance.questions.upload import (
    Became,
    Client,
    Look,
    Send,
    Upload,
)
from manylinux_conformance.sandbox.process import fit_for_report

PAUSE = 0.2  # seconds between two looks at a page
WRONG = "0" * 64  # a SHA-256 that no wheel has
AFTER_A_CUT = 0.5  # seconds in which an index may publish half an upload
SERVER_ERRORS = range(500, 600)
REFUSALS = range(400, 500)
NOT_THIS_USER = (http.HTTPStatus.UNAUTHORIZED, http.HTTPStatus.FORBIDDEN)
SUCCESSES = range(200, 300)


@dataclass(frozen=True, slots=True)
class IndexVisit:
    """An index that is asked one question after another.

    ``settle`` is how many seconds it may take until an upload is listed.
    Without ``takes_uploads`` the wheels lie there already.
    ``programs`` upload in the place of ``client`` where a question says so.
    """

    client: IndexClient
    settle: float
    takes_uploads: bool = True
    programs: Mapping[Client, UploadProgram] = field(default_factory=dict)

    def answer(self, question: Upload, wheel: UploadedWheel) -> Answer:
        """Return what became of a question's upload, and of what is looked at."""
        try:
            if question.after:
                first = made_up_before(question, wheel.project, wheel.version)
                if self._uploaded(question, first).status not in SUCCESSES:
                    return broken("the upload that comes before is not accepted")
                # Whoever decides later may take the second one first.
                self._listed(first, wait=True)
            reply = self._sent(question, wheel)
            if reply and reply.status == http.HTTPStatus.TOO_MANY_REQUESTS:
                return broken(f"limits how often it is asked: {_reason(reply, '')}")
            became = self._became(question, wheel, reply)
            faults = [*self._faults(question, wheel, reply, became)]
        except NoAnswerError as error:
            return broken(fit_for_report(str(error)))
        return answered(", ".join((became, *faults)), _reason(reply, became))

    def shuts_out(self, wheel: UploadedWheel) -> str:
        """Return what an index says against the user, and not the wheel, if it does."""
        try:
            reply = self.client.upload(wheel)
        except NoAnswerError:
            return ""
        return _reason(reply, "") if reply.status in NOT_THIS_USER else ""

    def _sent(self, question: Upload, wheel: UploadedWheel) -> Reply | None:
        """Make the upload; None if there is none to make."""
        digest = "" if question.right_digest else WRONG
        if question.send is Send.NOTHING or not self.takes_uploads:
            return None
        if question.send in {Send.INTERRUPTED, Send.RESUMED}:
            cut = self.client.upload(wheel, cut=CUT)
            time.sleep(AFTER_A_CUT)
            if question.send is Send.INTERRUPTED:
                return cut
        if question.client is not Client.FORM:
            return self._uploaded(question, wheel)
        pieces = PIECES if question.send is Send.SLOWLY else 1
        return self.client.upload(wheel, digest=digest, pieces=pieces)

    def _uploaded(self, question: Upload, wheel: UploadedWheel) -> Reply:
        """Make an upload as a question's client does by itself."""
        if program := self.programs.get(question.client):
            return program.upload(wheel, self.client)
        return self.client.upload(wheel)

    def _became(
        self, question: Upload, wheel: UploadedWheel, reply: Reply | None
    ) -> str:
        status = reply.status if reply else 0
        wait = status in SUCCESSES or question.send is Send.INTERRUPTED
        listed = self._listed(wheel, wait=wait)
        same = listed is not None and self._is_served(listed, wheel)
        if status in REFUSALS and (listed is None or (question.after and not same)):
            return Became.REFUSED
        if status in SERVER_ERRORS:
            return f"an error, {status}" + (", and listed" if listed else "")
        if not status and question.send is not Send.WHOLE:
            return "listed" if listed else Became.NOT_LISTED
        if listed is None:
            return f"told {status}, and not listed" if status else Became.NOT_LISTED
        if status in REFUSALS:
            # The same bytes twice: what was refused is there from before.
            twice = question.after == question.tag and question.same_bytes
            return Became.REFUSED if twice else f"told {status}, and listed"
        return Became.ACCEPTED if same else "accepted, and other bytes served"

    def _listed(self, wheel: UploadedWheel, *, wait: bool) -> ListedFile | None:
        end = time.monotonic() + (self.settle if wait else 0)
        while True:
            for file in self.client.files(wheel.project.replace("_", "-")) or ():
                if file.filename == wheel.filename:
                    return file
            if time.monotonic() >= end:
                return None
            time.sleep(PAUSE)

    def _is_served(self, file: ListedFile, wheel: UploadedWheel) -> bool:
        reply = self.client.get(file.url)
        return reply.status == http.HTTPStatus.OK and reply.body == wheel.content

    def _faults(
        self,
        question: Upload,
        wheel: UploadedWheel,
        reply: Reply | None,
        became: str,
    ) -> Iterator[str]:
        """Yield what is wrong besides."""
        if question.look is Look.PROJECT:
            page = self.client.files(wheel.project.replace("_", "-"))
            if became == Became.REFUSED and page is not None:
                yield "and the project has a page"
        if question.look is Look.REFUSAL and reply and became == Became.REFUSED:
            words = reply.words
            if wheel.filename not in words or question.tag not in words:
                yield "without naming file and tag"
        if became == Became.ACCEPTED:
            yield from self._faults_of_page(question, wheel)
            if question.after:
                yield from self._faults_of_first(question, wheel)

    def _faults_of_page(self, question: Upload, wheel: UploadedWheel) -> Iterator[str]:
        file = self._listed(wheel, wait=False)
        if file is None:
            return
        if last_part(file.url) != wheel.filename:
            yield "under an address that ends otherwise"
        if file.sha256 and file.sha256 != wheel.sha256:
            yield "with another file's hash"
        if question.look is Look.HASH and not file.sha256:
            yield "without a hash"
        if question.look is Look.METADATA and file.metadata:
            reply = self.client.get(f"{file.url}.metadata")
            if reply.status != http.HTTPStatus.OK:
                yield f"its announced metadata answered with {reply.status}"
            elif reply.body != wheel.metadata:
                yield "with other metadata than the wheel has"

    def _faults_of_first(self, question: Upload, wheel: UploadedWheel) -> Iterator[str]:
        first = made_up_before(question, wheel.project, wheel.version)
        if first.filename == wheel.filename and first.content != wheel.content:
            yield "in the place of the first"
        listed = self._listed(first, wait=False)
        if listed is None:
            yield "and the first is not listed"


def _reason(reply: Reply | None, became: str) -> str:
    """Return what an index said when it did not accept, fit for a report."""
    if reply is None or became in {Became.ACCEPTED, Became.NOT_LISTED}:
        return ""
    return fit_for_report(f"{reply.status} {reply.reason}")
