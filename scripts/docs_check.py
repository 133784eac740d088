"""Run the commands that stand in README.md, CONTRIBUTING.md and docs/*.md: one that works no more is found.

python scripts/docs_check.py

Commands are the lines of fenced blocks marked `sh` or `powershell`; every other block is marked `text`. Each
block is run in a fresh clone of the last commit with this environment. What is not run is said, and why; of
that it is checked that the files, extras, versions and make targets it names exist.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata
from itertools import pairwise
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
SHELLS = ("sh", "powershell")
FENCE = re.compile(r"^```(?P<kind>\S*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
LONGEST_COMMAND_S = 1200
# Targets that end in minutes and need nobody; of the others only the name is checked.
RUN_TARGETS = ("example",)


class DocsWrong(Exception):
    """A sentence: which document, which command, what is wrong."""


@dataclass(frozen=True)
class Block:
    document: str
    line: int
    commands: tuple[str, ...]


def blocks_of(root: Path) -> list[Block]:
    """The blocks of commands of all documents."""
    blocks = []
    for path in [root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").rglob("*.md"))]:
        text = path.read_text(encoding="utf-8")
        for match in FENCE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            if not match["kind"]:
                raise DocsWrong(
                    f"{path.name}:{line}: the block says not what it is; begin it with ```sh or ```text"
                )
            if match["kind"] in SHELLS:
                joined = re.sub(r"[\\`]\n\s*", "", match["body"])
                commands = (re.sub(r"(^|\s+)#.*", "", command).strip() for command in joined.splitlines())
                blocks.append(Block(path.name, line, tuple(filter(None, commands))))
    return blocks


def check_block(block: Block, root: Path) -> None:
    """Clone and go through the commands of a block."""
    run(["git", "clone", "--quiet", str(REPOSITORY), str(root)], REPOSITORY)
    (root / ".venv").symlink_to(REPOSITORY / ".venv")
    simulated = False
    for command in block.commands:
        words = shlex.split(command.replace("\\", "/").replace(".venv/Scripts/", ".venv/bin/"))
        why = reason_not_to_run(words, root)
        if why:
            print(f"not run: {command} ({why})", flush=True)
            continue
        # A simulated participant takes a person's place, and the analysis is told to count that.
        added = []
        if "run_session.py" in words and "--simulate" not in words:
            simulated, added = True, ["--simulate", "data"]
        elif "analysis" in words and simulated and "--allow-simulated" not in words:
            added = ["--allow-simulated"]
        print(f"run: {shlex.join(words)}{f' (added: {shlex.join(added)})' if added else ''}", flush=True)
        run([*words, *added], root)


def reason_not_to_run(words: list[str], root: Path) -> str:
    """Why a command is only read, "" where it is run. Raises DocsWrong where it names what is not there."""
    match words:
        case ["git" | "cd" | "py" | "python3.11", *_]:
            return "this check clones and has its environment already"
        case ["make", *targets]:
            names = [target for target in targets if "=" not in target]
            run(["make", "--dry-run", *names], root)
            return "" if all(name in RUN_TARGETS for name in names) else "the target exists; run it by itself"
        case [_, "-m", "pip", "install", *rest]:
            check_installation(rest, root)
            return "installs; the files and extras it names exist"
        case [program, *_] if program.startswith("scripts/"):
            existing(program, root)
            return "changes the locked versions; the file exists"
        case [".venv/bin/python", "run_session.py", *options] if needs_somebody(options):
            known = run([".venv/bin/python", "run_session.py", "--help"], root)
            for option in (word for word in options if word.startswith("--")):
                if option not in known:
                    raise DocsWrong(f"{option}: run_session.py has no such option")
            return "needs a display, and somebody at it; the options exist"
        case [".venv/bin/python", "-m", "benchmarks.timing"]:
            existing("benchmarks/timing.py", root)
            return "takes three minutes of a display; the file exists"
        case [".venv/bin/python", *_]:
            return ""
    raise DocsWrong(
        f"`{shlex.join(words)}`: not known to scripts/docs_check.py, which has to say whether it is run"
    )


def needs_somebody(options: list[str]) -> bool:
    """Whether `run_session.py` asks or measures in a window, and runs no session that can be simulated."""
    asks = all(word.startswith("--") or before == "--data" for before, word in pairwise(["", *options]))
    return asks or not {"--timing-check", "--calibrate"}.isdisjoint(options) or "visual" in options


def check_installation(words: list[str], root: Path) -> None:
    project = metadata.metadata("appearance-free-actions")
    pins = [wanted.split(";")[0] for wanted in project.get_all("Requires-Dist") or []]
    for before, word in zip(["", *words], words, strict=False):
        if before == "-c":
            existing(word, root)
        extra = re.fullmatch(r"\.\[(\w+)\]", word)
        if extra and extra[1] not in (project.get_all("Provides-Extra") or []):
            raise DocsWrong(f"{word}: there is no such extra in pyproject.toml")
        if "==" in word and word not in pins:
            raise DocsWrong(f"{word}: not the version that pyproject.toml names")


def existing(name: str, root: Path) -> None:
    if not (root / name).exists():
        raise DocsWrong(f"{name}: there is no such file")


def run(words: list[str], folder: Path) -> str:
    ended = subprocess.run(
        words,
        cwd=folder,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=LONGEST_COMMAND_S,
        check=False,
    )
    if ended.returncode != 0:
        raise DocsWrong(f"`{shlex.join(words)}` ended with {ended.returncode}:\n{ended.stdout.strip()}")
    return ended.stdout


def main() -> int:
    if run(["git", "status", "--porcelain"], REPOSITORY):
        print("note: the last commit is checked; what is not committed yet is not.")
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        run(["git", "clone", "--quiet", str(REPOSITORY), f"{folder}/documents"], REPOSITORY)
        for number, block in enumerate(blocks_of(Path(folder, "documents"))):
            print(f"== {block.document}:{block.line}", flush=True)
            try:
                check_block(block, Path(folder, str(number)))
            except DocsWrong as error:
                print(f"WRONG: {error}", flush=True)
                wrong += 1
    print(f"{wrong} blocks are wrong." if wrong else "Every command that was run works.")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DocsWrong as error:
        sys.exit(f"WRONG: {error}")
