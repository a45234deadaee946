"""Asks servers: with retries, a user agent, and not too often."""

from __future__ import annotations

import time

import requests
from manylinux_reference.reading.budget import NotJudgedError
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

TIMEOUT = (15, 60)  # seconds to connect, and to wait for the next bytes
REDIRECTS = 5
RETRIES = Retry(
    total=4,
    backoff_factor=0.5,
    status_forcelist=(429, 500, 502, 503, 504),
    allowed_methods=("GET",),
    raise_on_status=False,
    respect_retry_after_header=True,
)


class HttpSession:
    """One worker's connections, with what they have cost.

    ``interval`` is how many seconds lie at least between the starts of two requests.
    """

    def __init__(self, agent: str, interval: float = 0.0) -> None:
        self.requests = 0
        self.fetched = 0  # bytes of bodies
        self.session = requests.Session()
        self.session.headers["User-Agent"] = agent
        self.session.max_redirects = REDIRECTS
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, HTTPAdapter(max_retries=RETRIES))
        self._interval = interval
        self._next = 0.0

    def get(self, address: str, wanted: str) -> requests.Response:
        """Ask for a range, or for the whole if it is empty.

        Raises NotJudgedError if there is no answer.
        """
        now = time.monotonic()
        if now < self._next:
            time.sleep(self._next - now)
        self._next = max(now, self._next) + self._interval
        headers = {
            "Accept-Encoding": "identity",
            **({"Range": wanted} if wanted else {}),
        }
        self.requests += 1
        try:
            return self.session.get(
                address, headers=headers, stream=True, timeout=TIMEOUT
            )
        except requests.RequestException as error:
            reason = type(error).__name__
            raise NotJudgedError(f"could not be fetched: {reason}") from error
