"""The questionnaire: a few questions a page, answered with the mouse or the keys; free text is typed."""

from __future__ import annotations

from dataclasses import dataclass, field

from experiment.lettering import measure_text
from experiment.phases.layout import FAINT_INK, INK, MARK, PANEL, Button
from experiment.phases.stage import SETTLING_S, Stage, choice, wants_pause
from experiment.ports import InputEvent, KeyPress, TextTyped
from experiment.records import Answers, QuestionnaireItem, QuestionnairePage, QuestionnairePhase
from experiment.scene import Box, Colour, ContinueCue, Cue, Element, QuestionCue, Rect, Scene, Target, Text

MOST_LETTERS = 400
"""Length of a free remark, so that it fits its box."""

SMALLEST_SHARE = 0.6
"""Options stand on several lines rather than have labels smaller than this share of other texts."""

FIELD: Colour = (250, 250, 250)


def run_questionnaire(stage: Stage, index: int, phase: QuestionnairePhase, answered: set[str]) -> None:
    """Show the pages that are not ``answered``; each page's answers are in the journal before the next
    appears.
    """
    for page in phase.pages:
        if page.name not in answered:
            answers = PageScreen(stage, index, page).run()
            stage.record(Answers(index, page.name, answers))


@dataclass
class PageScreen:
    """One page while it is being answered. ``active`` is the question the keys belong to."""

    stage: Stage
    index: int
    page: QuestionnairePage
    answers: dict[str, str] = field(default_factory=dict)
    active: int = 0
    asked_to_complete: bool = False

    def run(self) -> dict[str, str]:
        """Returns the answers once every question but the free text has one and the page was finished."""
        opened_s: float | None = None
        while True:
            targets = self._targets()
            shown_s = self.stage.display.show(self._scene(targets, self.stage.hovered(targets)))
            opened_s = shown_s if opened_s is None else opened_s
            for event in self.stage.events():
                if wants_pause(event):
                    self.stage.pause(self.index)
                elif event.t_s >= opened_s and self._answer(event, event.t_s >= opened_s + SETTLING_S):
                    return {item.name: self.answers.get(item.name, "") for item in self.page.items}

    @property
    def _complete(self) -> bool:
        return all(item.is_text or item.name in self.answers for item in self.page.items)

    def _answer(self, event: InputEvent, settled: bool) -> bool:
        """Take one input event; True once the page is finished, which it is not before it has ``settled``."""
        item = self.page.items[self.active]
        if item.is_text and self._edit(item, event):
            return False
        if isinstance(event, KeyPress) and event.key in ("up", "down", "tab"):
            step = -1 if event.key == "up" else 1
            self.active = min(max(self.active + step, 0), len(self.page.items) - 1)
            return False
        chosen = choice(self._targets(), event)
        if chosen is None:
            return False
        name = chosen[0].name
        if name == "next":
            self.asked_to_complete = settled and not self._complete
            return settled and self._complete
        place, option = name.split("/", 1)
        self.active = int(place)
        chosen_item = self.page.items[self.active]
        if not chosen_item.is_text:
            self.answers[chosen_item.name] = option
            self.active = min(self.active + 1, len(self.page.items) - 1)
        return False

    def _edit(self, item: QuestionnaireItem, event: InputEvent) -> bool:
        """Typing into the free text; True where the event was used up."""
        text = self.answers.get(item.name, "")
        if isinstance(event, TextTyped):
            self.answers[item.name] = (text + event.text)[:MOST_LETTERS]
            return True
        if isinstance(event, KeyPress) and event.key == "backspace":
            self.answers[item.name] = text[:-1]
            return True
        # Letters arrive as text; of the keys only these do something here.
        return isinstance(event, KeyPress) and event.key not in ("return", "up", "down", "tab")

    # ---------------------------------------------------------------------------- what is on the screen

    def _rows(self) -> list[Rect]:
        unit = self.stage.layout.unit
        top = self.stage.layout.height / 2 - 16 * unit
        bottom = -self.stage.layout.height / 2 + 17 * unit
        height = min((top - bottom) / len(self.page.items), 24 * unit)
        width = min(self.stage.layout.width * 0.94, 150 * unit)
        if any(item.is_text for item in self.page.items):
            height = (top - bottom) / len(self.page.items)
        return [
            self.stage.layout.on_grid(Rect(0, top - (place + 0.5) * height, width, height - 1.5 * unit))
            for place in range(len(self.page.items))
        ]

    def _width(self, columns: int, row: Rect) -> float:
        """Width of an option where so many stand side by side."""
        unit = self.stage.layout.unit
        return min(27 * unit, row.width * 0.56 / columns - unit)

    def _lines(self, item: QuestionnaireItem, row: Rect) -> int:
        """On how many lines the options stand, so that the longest label can be read once it is marked."""
        unit, text_px = self.stage.layout.unit, self.stage.layout.text_px
        longest = max(
            measure_text(Text(f"{label}  ✓", 0, 0, text_px, INK, bold=True))[0] for label in item.labels
        )
        most = min(3, len(item.options), int((row.height - 2.4 * unit) // (6 * unit)))
        for lines in range(1, most + 1):
            # What the number of the key and the margin take away, as ``draw_button`` does.
            share = 1.0 if _labels_tell_keys(item) else 0.8
            room = share * self._width(-(-len(item.options) // lines), row) - 1.5 * unit
            if room >= SMALLEST_SHARE * longest:
                return lines
        return max(1, most)

    def _targets(self) -> tuple[Target, ...]:
        layout, unit = self.stage.layout, self.stage.layout.unit
        targets = []
        for place, (item, row) in enumerate(zip(self.page.items, self._rows(), strict=True)):
            if item.is_text:
                box = Rect(row.x, row.y - 3 * unit, row.width - 6 * unit, row.height - 10 * unit)
                targets.append(Target(f"{place}/text", layout.on_grid(box), ()))
                continue
            lines = self._lines(item, row)
            columns = -(-len(item.options) // lines)
            width = self._width(columns, row)
            height = min(8 * unit, (row.height - 2.4 * unit - (lines - 1) * unit) / lines)
            for number, option in enumerate(item.options):
                line, column = divmod(number, columns)
                x = row.right - 2 * unit - (columns - column - 0.5) * (width + unit)
                y = row.y + ((lines - 1) / 2 - line) * (height + unit)
                keys = (str(number + 1),) if place == self.active else ()
                targets.append(Target(f"{place}/{option}", layout.on_grid(Rect(x, y, width, height)), keys))
        targets.append(layout.wide_button("next", ("return",)))
        return tuple(targets)

    def _scene(self, targets: tuple[Target, ...], hovered: str | None) -> Scene:
        layout, unit, words = self.stage.layout, self.stage.layout.unit, self.stage.words
        rows = self._rows()
        heading_y = layout.height / 2 - 8 * unit
        elements: list[Element] = [
            Text(self.page.heading, rows[0].left, heading_y, 4.2 * unit, INK, "left", bold=True)
        ]
        for place, (item, row) in enumerate(zip(self.page.items, rows, strict=True)):
            active = place == self.active
            elements.append(Box(row, PANEL, MARK if active else None, max(2.0, 0.5 * unit) if active else 0))
            x, wrap = row.left + 3 * unit, row.width * 0.38
            if item.is_text:
                elements.append(Text(item.text, x, row.top - 5 * unit, layout.text_px, INK, "left"))
            else:
                elements.append(Text(item.text, x, row.y, layout.text_px, INK, "left", wrap_px=wrap))
        for target in targets[:-1]:
            place_text, option = target.name.split("/", 1)
            item = self.page.items[int(place_text)]
            elements += (
                self._text_box(target, item, int(place_text))
                if item.is_text
                else self._option(target, item, option, hovered)
            )
        button = Button(targets[-1], words.done, enabled=self._complete, focused=self._complete)
        elements += layout.draw_button(button, hovered=hovered == "next")
        if self.asked_to_complete and not self._complete:
            y = targets[-1].rect.top + 2.6 * unit
            elements.append(Text(words.answer_all, 0, y, 2.6 * unit, INK, bold=True))
        return Scene("questionnaire", (*elements, *self.stage.badge()), (), targets, self._cue())

    def _option(
        self, target: Target, item: QuestionnaireItem, option: str, hovered: str | None
    ) -> tuple[Element, ...]:
        label = item.labels[item.options.index(option)]
        chosen = self.answers.get(item.name) == option
        key = str(item.options.index(option) + 1)
        return self.stage.layout.draw_button(
            Button(target, label, marked=chosen),
            hovered=hovered == target.name,
            number="" if _labels_tell_keys(item) else key,
        )

    def _text_box(self, target: Target, item: QuestionnaireItem, place: int) -> tuple[Element, ...]:
        unit, rect = self.stage.layout.unit, target.rect
        text = self.answers.get(item.name, "")
        cursor = "|" if place == self.active else ""
        shown, colour = (text + cursor, INK) if text else (cursor + self.stage.words.type_here, FAINT_INK)
        x, y = rect.left + 2 * unit, rect.top - 2 * unit
        return (
            Box(rect, FIELD, INK, 1.0),
            Text(shown, x, y, 2.6 * unit, colour, "left", "top", wrap_px=rect.width - 4 * unit),
        )

    def _cue(self) -> Cue:
        screen = f"{self.index} {self.page.name}"
        for place, item in enumerate(self.page.items):
            if item.name not in self.answers:
                return QuestionCue(f"{screen} {item.name}", place, item)
        return ContinueCue(f"{screen} done", "next", 0)


def _labels_tell_keys(item: QuestionnaireItem) -> bool:
    """Whether every label begins with the number that is its key, as in many scales."""
    return all(label.split(" ")[0] == str(place) for place, label in enumerate(item.labels, start=1))
