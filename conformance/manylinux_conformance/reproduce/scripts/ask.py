"""Puts one question to a tool and says what came; the standard library is enough.

    python3 ask.py TOOL SCRATCH [SHIM]

TOOL is the folder of the tool's packages or of its programs, SCRATCH an empty folder,
SHIM the library that shows the tool another platform.  The question lies beside this
file in ``question.json``.  The exit status is 0 if the tool's answer is the expected
one, 1 if it is another one, 2 if there was no answer.
"""

from __future__ import annotations

import json
import shlex
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from layout import HERE, WHEELS, Layout, Question, base_interpreter, fill, write

RIGHT, WRONG, UNANSWERED = 0, 1, 2
LONGEST = 4096  # characters of what a tool says that are shown


def run(
    layout: Layout, command: list[str], places: dict[str, str], said_to: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command of the tool and show it with what it said."""
    question = layout.question
    own = {key: fill(text, places) for key, text in question["variables"].items()}
    sys.stdout.write(f"$ {shlex.join(command)}\n")
    sys.stdout.flush()
    try:
        ended = subprocess.run(
            command,
            cwd=layout.scratch / "work",
            env={**layout.variables, **own},
            input=said_to,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=question["seconds"],
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        no_answer(str(error))
    for said in (ended.stdout, ended.stderr):
        sys.stdout.write(said[-LONGEST:])
    sys.stdout.write(f"exit status {ended.returncode}\n")
    return ended


def no_answer(reason: str) -> NoReturn:
    """End without an answer."""
    sys.stdout.write(f"answer: none ({reason})\n")
    sys.exit(UNANSWERED)


def install(layout: Layout) -> tuple[str, bool]:
    """Install with the tool; return what landed, and whether that is right."""
    question, places, before = layout.question, layout.places(), list[str]()
    if question["index"]:
        port = str(free_port())
        places["index"] = f"http://127.0.0.1:{port}/simple/"
        serve = HERE / "simple_index.py"
        before = [str(base_interpreter()), str(serve), str(WHEELS), port]
    for name, text in question["files"].items():
        write(layout.scratch / "work" / name, fill(text, places))
    locked = False
    for number, command in enumerate(question["commands"]):
        filled = [fill(argument, places) for argument in command]
        ended, locked = run(layout, [*before, *filled], places), number > 0
        if ended.returncode:
            break
    landed = Path(fill(question["lands_in"], places)) / question["project"]
    found = sorted(path.name for path in landed.glob("*"))
    answers = [question["markers"].get(name, f"the file {name}") for name in found]
    if len(answers) > 1 or bool(answers) == bool(ended.returncode):
        no_answer(
            f"status {ended.returncode}, landed: {' '.join(answers) or 'nothing'}"
        )
    nothing = question["locked"] if locked else question["nothing"]
    answer: str = answers[0] if answers else nothing
    return answer, answer in question["right"]


def free_port() -> int:
    """Return a port of the loopback interface on which nobody listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def exchange_line(layout: Layout, request: Question) -> Question:
    """Give the tool's process one line of JSON and return the line that it answers."""
    places = layout.places()
    command = [fill(argument, places) for argument in layout.question["commands"][0]]
    ended = run(layout, command, places, json.dumps(request) + "\n")
    try:
        reply = json.loads(ended.stdout.splitlines()[0])
    except (IndexError, ValueError):
        no_answer(f"exit status {ended.returncode}")
    for word in ("declined", "error"):
        if reply.get(word) and "conforms" not in reply:
            no_answer(f"{word}: {reply[word]}")
    return reply


def ask_library(layout: Layout) -> tuple[str, bool]:
    """Put the question to a library; return its answer, and whether that is right."""
    question = layout.question
    request = question["request"]
    reply = exchange_line(layout, request)
    tags = reply.get("tags") or ()
    if request["ask"] == "choose":
        chosen = reply["choose"]
        answer = question["names"][chosen] if chosen else question["nothing"]
    elif request["ask"] == "parse":
        parts = [reply.get(asked, "") for asked in question["parts"]]
        answer = ", ".join(["valid", *parts] if reply["valid"] else ["invalid"])
    elif request["ask"] == "expand":
        answer = " ".join(sorted(tags)) or "refused"
    else:
        named = question["named"]
        shown = [tag for tag in tags if not named or tag in named]
        answer = (" < " if named else " ").join(shown) or "none"
    return answer, answer in question["right"]


def audit(layout: Layout) -> tuple[str, bool]:
    """Have an auditor look at a wheel; return its answer, and whether that is right."""
    question = layout.question
    request = {**question["request"], "wheel": str(WHEELS / question["wheel"])}
    reply = exchange_line(layout, request)
    if question["answer"] == "oldest":
        answer = reply.get("oldest") or "none"
    elif question["answer"] == "status":
        answer = "status 0" if reply["status"] == 0 else "another status than 0"
    else:
        answer = "conforms" if reply["conforms"] else "violates"
    if question["answer"] != "conforms" or reply.get("advises") is None:
        return answer, answer in question["right"]
    if reply["conforms"] and reply["advises"]:
        answer = question["advised"]
    return answer, answer == (question["right_advice"] or question["right"][0])


def repair(layout: Layout) -> tuple[str, bool]:
    """Have a wheel repaired; return what is left, and whether that is right."""
    question, places = layout.question, layout.places()
    places |= {"wheel": str(WHEELS / question["wheel"]), "tag": question["tag"]}
    command = [fill(argument, places) for argument in question["commands"][-1]]
    run(layout, command, places)
    left = sorted((layout.scratch / "target").glob("*.whl"))
    if question["answer"] == "left":
        answer = "a wheel" if left else "no wheel"
        return answer, answer in question["right"]
    if not left:
        no_answer("no wheel")
    tags = left[0].stem.split("-")[-1].split(".")
    if question["answer"] == "tags":
        return " ".join(tags), not set(tags) & set(question["unwanted"])
    reply = exchange_line(
        layout, {"ask": "audit", "wheel": str(left[0]), "claims": tags}
    )
    answer = "conforms" if reply["conforms"] else "violates"
    return answer, answer in question["right"]


ASK = {
    "install": install,
    "ask-library": ask_library,
    "audit": audit,
    "repair": repair,
}


def main(tool: str, scratch: str, shim: str = "") -> None:
    """Ask, say what came, and end with the status that this is worth."""
    question = json.loads((HERE / "question.json").read_text())
    if question["stored_on"]:  # the same paths, the same home, another C library
        before = Layout({**question, "module_at": ""}, Path(tool), Path(scratch))
        before.show_platform(shim, question["stored_on"])
        install(before)
        for name in ("work", "tmp", "target", "environment", "programs"):
            shutil.rmtree(Path(scratch, name), ignore_errors=True)
    layout = Layout(question, Path(tool), Path(scratch))
    if shim:
        layout.show_platform(shim, "")
    answer, is_right = ASK[question["do"]](layout)
    sys.stdout.write(f"answer: {answer}\nexpected: {question['expected']}\n")
    sys.exit(RIGHT if is_right else WRONG)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Exception as error:  # noqa: BLE001 - status 1 would be an answer
        no_answer(f"{type(error).__name__}: {error}")
