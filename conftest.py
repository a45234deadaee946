"""How property tests run: the same examples in CI, and as many as one has time for.

pytest -m hypothesis --hypothesis-profile=thorough
"""

import os

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
