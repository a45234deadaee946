"""Makes a user and an index of a devpi server, whose files nobody can replace."""

import base64
import json
import sys
import urllib.request
from typing import Any


def main() -> None:
    """Make USER with PASSWORD and the index USER/dev of the server at ADDRESS."""
    address, user, password = sys.argv[1:]
    ask(f"{address}/{user}", "PUT", {"password": password})
    login = {"user": user, "password": password}
    token = ask(f"{address}/+login", "POST", login)["result"]["password"]
    index = {"type": "stage", "bases": [], "volatile": False}
    proof = base64.b64encode(f"{user}:{token}".encode()).decode()
    ask(f"{address}/{user}/dev", "PUT", index, {"X-Devpi-Auth": proof})


def ask(
    url: str, method: str, body: object, headers: dict[str, str] | None = None
) -> Any:  # noqa: ANN401 - JSON
    """Send JSON and return what comes back."""
    request = urllib.request.Request(  # noqa: S310 - the address is the suite's own
        url,
        json.dumps(body).encode(),
        {"Content-Type": "application/json", **(headers or {})},
        method=method,
    )
    with urllib.request.build_opener().open(request) as answer:
        return json.load(answer)


main()
