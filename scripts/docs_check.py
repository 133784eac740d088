"""Run the commands that stand in README.md, CONTRIBUTING.md and docs/*.md: one that works no more is found.

python scripts/docs_check.py

Commands are the lines of fenced blocks marked `sh` or `powershell`; every other block is marked `text`. The
blocks of a page are run one after another in a fresh clone of the last commit with this environment, as a
reader would. What is not run is said, and why; of that it is checked that the files, extras, versions and
make targets it names exist. `python scripts/docs_check.py docs/lab-guide.md` runs that page alone.

A set of drawn clips that a page before has built with the same command is taken from there: the same command
gives the same bytes. UCF101, which cannot be had here, is played by short clips of noise under its names.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from importlib import metadata
from itertools import pairwise
from pathlib import Path

import numpy as np

from stimuli.ucf101 import FIVE_ACTIONS
from stimuli.video import encode_lossless

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
        name = path.relative_to(root).as_posix()
        for match in FENCE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            if not match["kind"]:
                raise DocsWrong(
                    f"{name}:{line}: the block says not what it is; begin it with ```sh or ```text"
                )
            if match["kind"] in SHELLS:
                joined = re.sub(r"[\\`]\n\s*", "", match["body"])
                commands = (re.sub(r"(^|\s+)#.*", "", command).strip() for command in joined.splitlines())
                blocks.append(Block(name, line, tuple(filter(None, commands))))
    return blocks


@dataclass
class Page:
    """A clone in which the blocks of a page are run. `built` is what pages before have made, by command."""

    root: Path
    built: dict[str, Path]
    simulated: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        run(["git", "clone", "--quiet", str(REPOSITORY), str(self.root)], REPOSITORY)
        (self.root / ".venv").symlink_to(REPOSITORY / ".venv")

    def check(self, block: Block) -> None:
        """Go through the commands of a block."""
        for command in block.commands:
            words = shlex.split(command.replace("\\", "/").replace(".venv/Scripts/", ".venv/bin/"))
            why = reason_not_to_run(words, self.root)
            if not why and words[0] == "make" and shlex.join(words) in self.built:
                why = "a page before has run it"
            if why:
                print(f"not run: {command} ({why})", flush=True)
                continue
            if "UCF-101" in words and not (self.root / "UCF-101").exists():
                write_stand_in(self.root)
            added = self.added_to(words)
            said = f" (added: {shlex.join(added)})" if added else ""
            started = time.monotonic()
            taken = self.take_built(words)
            if not taken:
                run([*words, *added], self.root)
                self.keep_built(words)
            took = "built before" if taken else f"{time.monotonic() - started:.0f} s"
            print(f"run: {shlex.join(words)}{said} ({took})", flush=True)

    def added_to(self, words: list[str]) -> list[str]:
        """A simulated participant takes a person's place, and the analysis is told to count that; a whole set
        of drawn clips is half as large, which is enough for the study.
        """
        if "synthetic" in words and "--per-class" not in words:
            return ["--per-class", "30"]
        if "run_session.py" in words and {"--simulate", "--timing-check"}.isdisjoint(words):
            self.simulated = True
            return ["--simulate", "data"]
        if "analysis" in words and self.simulated and not {"--allow-simulated", "predict"} & {*words}:
            return ["--allow-simulated"]
        return []

    def take_built(self, words: list[str]) -> bool:
        recipe, place = recipe_and_place(words)
        if recipe not in self.built or (self.root / place).exists():
            return False
        shutil.copytree(self.built[recipe], self.root / place, copy_function=os.link)
        return True

    def keep_built(self, words: list[str]) -> None:
        recipe, place = recipe_and_place(words)
        if recipe:
            self.built.setdefault(recipe, self.root / place)
        elif words[0] == "make":
            self.built[shlex.join(words)] = self.root


def recipe_and_place(words: list[str]) -> tuple[str, str]:
    """How a command draws a set, and where it puts it; nothing of both for any other command."""
    if words[1:5] != ["-m", "stimuli", "build", "synthetic"]:
        return "", ""
    at = words.index("-o")
    return shlex.join(words[:at] + words[at + 2 :]), words[at + 1]


def write_stand_in(root: Path) -> None:
    """A folder UCF-101 of short clips, enough for the study, and ucfTrainTestlist, its first split."""
    generator = np.random.default_rng(1)
    lists: dict[str, list[str]] = {"test": [], "train": []}
    for action in FIVE_ACTIONS:
        for split, groups, numbers in (("test", range(1, 8), range(1, 4)), ("train", range(8, 26), (1,))):
            for group, number in ((group, number) for group in groups for number in numbers):
                name = f"{action}/v_{action}_g{group:02d}_c{number:02d}.avi"
                path = root / "UCF-101" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                still = generator.integers(0, 256, (60, 80, 3), dtype=np.uint8)
                encode_lossless(path, (np.roll(still, shift, axis=1) for shift in range(12)), 25)
                lists[split].append(name)
    (root / "ucfTrainTestlist").mkdir()
    for split, names in lists.items():
        (root / "ucfTrainTestlist" / f"{split}list01.txt").write_text("".join(f"{name}\n" for name in names))


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
        case [".venv/bin/python", program, *_] | [program, *_] if program.startswith("scripts/"):
            existing(program, root)
            return "changes a file that is kept; the script exists"
        case [".venv/bin/python", "run_session.py", *options] if needs_somebody(options):
            known = run([".venv/bin/python", "run_session.py", "--help"], root)
            for option in (word for word in options if word.startswith("--")):
                if option not in known:
                    raise DocsWrong(f"{option}: run_session.py has no such option")
            return "needs a display, and somebody at it; the options exist"
        case [".venv/bin/python", "-m", "benchmarks.timing"]:
            existing("benchmarks/timing.py", root)
            return "takes three minutes of a display; the file exists"
        case [".venv/bin/python" | "cp", *_]:
            return ""
    raise DocsWrong(
        f"`{shlex.join(words)}`: not known to scripts/docs_check.py, which has to say whether it is run"
    )


def needs_somebody(options: list[str]) -> bool:
    """Whether `run_session.py` asks or is measured by somebody, or has no display for its window."""
    in_a_window = "--timing-check" in options or "visual" in options
    if in_a_window or "--calibrate" in options:
        return "--calibrate" in options or not os.environ.get("DISPLAY")
    return all(word.startswith("--") or before == "--data" for before, word in pairwise(["", *options]))


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
        blocks = blocks_of(Path(folder, "documents"))
        built: dict[str, Path] = {}
        pages: dict[str, Page] = {}
        for block in blocks:
            if sys.argv[1:] and block.document not in sys.argv[1:]:
                continue
            print(f"== {block.document}:{block.line}", flush=True)
            page = pages.get(block.document) or Page(Path(folder, str(len(pages))), built)
            pages[block.document] = page
            try:
                page.check(block)
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
