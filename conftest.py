"""What holds for all tests: signals are heard, and how property tests run.

Those have the same examples in CI, and as many as one has time for otherwise:
pytest -m hypothesis --hypothesis-profile=thorough
"""

import os
import signal

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says more about the machine than about the code.
settings.register_profile(
    "usual",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "thorough", settings.get_profile("usual"), derandomize=False, max_examples=2000
)
settings.load_profile("usual")


@pytest.fixture(scope="session", autouse=True)
def _signals_are_heard() -> None:
    """Let the programs that tests interrupt hear it, also in a background job.

    Ignored signals stay ignored in every program that is started; see execve(2).
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
