"""Every word that a participant sees comes from the files in ``protocols/``; none stands in the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from experiment.protocol import Protocol, read_protocol
from experiment.records import Answers, ScreenWords
from experiment.scene import ChoiceCue, Scene, Text
from tests.experiment.material import PROTOCOLS, protocol_with
from tests.experiment.virtual_session import Answer, VirtualSession, obliging

EXPERIMENT = Path(__file__).resolve().parents[2] / "experiment"
# Compiled into the graphics driver before anything is shown; a unit, which is the same in every language.
NOT_WORDS = {("measured_pacing.py", "a"), ("calibration_screens.py", "| cm")}
# A key's name on a button.
KEY_NAMES = {"S"}
WORDS_OF_CODE = re.compile(r"[^\W\d_]{2,}")

EVERYTHING = [
    {"kind": "slides", "slides": "introduction"},
    {
        "kind": "training",
        "condition": "UCF5",
        "clips_per_action": 1,
        "intro": "training-ordinary",
        "answer": "after",
        "criterion": {"correct": 5, "of": 5, "rounds": 2},
    },
    {
        "kind": "test",
        "condition": "AFD5",
        "clips_per_action": 1,
        "attention_checks": 1,
        "break_every": 3,
    },
    {"kind": "rest", "duration_s": 2},
    {"kind": "questionnaire", "questionnaire": "demographics"},
]


def literals_shown(root: Path) -> Iterator[tuple[str, int, str]]:
    """The words that stand as literals in the texts and labels of screens: file, line, words."""
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) not in ("Text", "Button"):
                continue
            place = 0 if ast.unparse(node.func) == "Text" else 1
            given = [*node.args[place : place + 1], *(k.value for k in node.keywords if k.arg in SHOWN)]
            for part in (part for value in given for part in ast.walk(value)):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield path.name, part.lineno, part.value


SHOWN = ("text", "label")


def test_no_text_of_a_screen_stands_in_the_code():
    found = [
        (name, line, text)
        for name, line, text in literals_shown(EXPERIMENT)
        if re.search(r"[^\W\d_]", text) and (name, text) not in NOT_WORDS
    ]
    assert found == []


def test_a_text_in_the_code_would_be_found(tmp_path):
    (tmp_path / "screen.py").write_text('Text(f"Trial {n}", 0, 0)\nButton(target, label="Go")\n', "utf-8")
    assert list(literals_shown(tmp_path)) == [("screen.py", 1, "Trial "), ("screen.py", 2, "Go")]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("mode", ["press", "select-then-confirm"])
def test_a_whole_session_shows_nothing_but_words_of_its_files(tmp_path, language, mode):
    # given a session with every kind of phase, whose participant errs once and pauses once
    protocol = everything(language, mode)
    session = VirtualSession(tmp_path, protocol, wrong_at_first_and_pausing(), pilot=True)
    session.run()
    # when the words of its files are taken out of all it has shown
    known = sorted(words_of(protocol), key=len, reverse=True)
    strange = set()
    for scene, _ in session.flips:
        for text in (element.text for element in scene.elements if isinstance(element, Text)):
            left = text
            for word in known:
                left = left.replace(word, " ")
            strange |= set(WORDS_OF_CODE.findall(left))
    # then only numbers, signs and keys are left
    assert strange - KEY_NAMES == set()
    # and the answers were really asked for
    answers = session.of_kind(Answers)
    assert [set(page.answers) for page in answers] == [{"age_band", "gender", "handedness"}]


def test_the_badge_of_a_pilot_stands_on_every_screen_and_on_none_of_a_study(tmp_path):
    for pilot in (True, False):
        folder = tmp_path / str(pilot)
        folder.mkdir()
        protocol = everything("en", "press")
        session = VirtualSession(folder, protocol, wrong_at_first_and_pausing(), pilot=pilot).run()
        shown = {
            scene.name: any(isinstance(e, Text) and e.text == protocol.words.pilot for e in scene.elements)
            for scene, _ in session.flips
        }
        assert len(shown) >= 7
        badged = {name for name, has in shown.items() if has}
        # The last screen follows the data's end; a pilot's says so too.
        assert badged == (set(shown) if pilot else set())


def everything(language: str, mode: str) -> Protocol:
    whole = protocol_with(phases=EVERYTHING, response={"mode": mode})
    file = PROTOCOLS / "afd5.yaml"
    study = read_protocol(file, "de" if language == "de" else "en")
    return replace(
        whole,
        language=study.language,
        slides=study.slides,
        words=study.words,
        questionnaires={"demographics": whole.questionnaires["demographics"]},
    )


def words_of(protocol: Protocol) -> set[str]:
    """Every text in the files of a protocol, whole and in the pieces that places for numbers make of it."""
    texts = {getattr(protocol.words, name) for name in ScreenWords.model_fields if name != "format"}
    texts |= {action.label[protocol.language] for action in protocol.file.actions}
    texts |= {condition.label[protocol.language] for condition in protocol.file.conditions}
    for slides in protocol.slides.values():
        for slide in slides:
            texts |= {slide.heading, *slide.paragraphs, *(clip.caption for clip in slide.clips)}
    for asked in protocol.questionnaires.values():
        texts |= {label for scale in asked.scales.values() for label in scale.labels[protocol.language]}
        for page in asked.pages:
            texts |= {page.heading[protocol.language]}
            texts |= {item.text[protocol.language] for item in page.items}
    pieces = {piece.strip() for text in texts for piece in re.split(r"\{\w+\}", text)}
    return {piece for piece in texts | pieces if piece}


def wrong_at_first_and_pausing() -> Answer:
    state = {"trials": 0}

    def answer(session: VirtualSession, scene: Scene, flip_s: float) -> None:
        cue = scene.cue
        if isinstance(cue, ChoiceCue):
            state["trials"] += 1
            if state["trials"] == 2:
                session.responses.press_key("escape", flip_s + 0.2)
            if state["trials"] == 1:
                wrong = next(t for t in scene.targets if t.keys and t.name != cue.action)
                session.responses.press_key(wrong.keys[0], flip_s + 0.5)
        obliging(session, scene, flip_s)

    return answer
