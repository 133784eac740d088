"""The window of the start dialog (Qt), which ``start_process`` opens in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QLocale, QTimer
from PyQt6.QtGui import QFont
from PyQt6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTextBrowser,
    QVBoxLayout,
)

from experiment.backends.found_screens import found_screens
from experiment.choices import Choices, default_stimuli
from experiment.errors import InputRefused
from experiment.localized import Language
from experiment.protocol import Protocol, read_protocol
from experiment.start_dialog import (
    Asked,
    Entries,
    asked_of,
    asked_to_go_on,
    consent_needed,
    first_entries,
    problem_of,
    protocols_offered,
    read_dialog_words,
    stimuli_offered,
)

_LANGUAGES: dict[Language, str] = {"en": "English", "de": "Deutsch"}
_LABELLED = ("protocol", "participant", "session", "language", "screen", "stimuli", "data")
_FONT_PT = 12
_WIDTH_PX = 640
_WATCHED_EVERY_MS = 500
_ERROR_STYLE = "background: #fff2cc; color: #1a1a1a; border: 2px solid #7a5c00; padding: 6px;"


class StartWindow(QDialog):
    """The dialog; ``asked`` is what was answered, ``None`` where it was left."""

    def __init__(self, choices: Choices, language: Language, said: str) -> None:
        super().__init__()
        self.asked: Asked | None = None
        self._choices = choices
        self._words = read_dialog_words(language)
        self._protocol: Protocol | None = None
        entries = first_entries(choices, language)
        self._fields(entries)
        self._lay_out()
        self._translate()
        self._protocol_chosen()
        self._say(f"{self._words.refused} {said}" if said else "")
        for signal in (
            self._protocols.currentIndexChanged,
            self._pilot.toggled,
            self._languages.currentIndexChanged,
        ):
            signal.connect(self._protocol_chosen)
        self._code.setFocus()

    def _fields(self, entries: Entries) -> None:
        self._protocols, self._languages, self._screens, self._stimuli = (QComboBox() for _ in range(4))
        for path in protocols_offered(entries.protocol):
            self._protocols.addItem(path.stem, path)
        self._protocols.setCurrentIndex(max(0, self._protocols.findData(entries.protocol)))
        for language, name in _LANGUAGES.items():
            self._languages.addItem(name, language)
        self._languages.setCurrentIndex(self._languages.findData(entries.language))
        for number, screen in enumerate(found_screens()):
            self._screens.addItem(f"{number}: {screen}", number)
        self._screens.setCurrentIndex(max(0, self._screens.findData(entries.screen)))
        for folder in stimuli_offered(entries.stimuli):
            self._stimuli.addItem(folder.name, folder)
        if entries.stimuli is not None:
            self._stimuli.setCurrentIndex(self._stimuli.findData(entries.stimuli))
        # Once it was chosen by hand, another protocol changes it no more.
        self._stimuli_chosen = entries.stimuli is not None
        self._stimuli.activated.connect(self._keep_stimuli)
        self._code, self._data = QLineEdit(entries.participant), QLineEdit(str(entries.data))
        self._session = QSpinBox()
        self._session.setRange(1, 99)
        self._session.setValue(entries.session)
        self._pilot, self._confirm = QCheckBox(), QCheckBox()
        self._pilot.setChecked(entries.pilot)
        self._consent = QTextBrowser()
        # The Tab key leads on to the next field and not into the text.
        self._consent.setTabChangesFocus(True)
        self._consent_heading, self._error = QLabel(), QLabel()
        self._error.setWordWrap(True)
        self._error.setStyleSheet(_ERROR_STYLE)
        self._start, self._cancel, self._next, self._go_on = (QPushButton() for _ in range(4))

    def _lay_out(self) -> None:
        self._labels = {name: QLabel() for name in _LABELLED}
        form = QFormLayout()
        fields = (
            self._protocols,
            self._code,
            self._session,
            self._languages,
            self._screens,
            self._stimuli,
            self._data,
        )
        for label, widget in zip(self._labels.values(), fields, strict=True):
            label.setBuddy(widget)
            form.addRow(label, widget)
        form.addRow(self._pilot)
        buttons, others = QHBoxLayout(), QHBoxLayout()
        for button in (self._next, self._go_on):
            others.addWidget(button)
        buttons.addStretch(1)
        for button in (self._cancel, self._start):
            buttons.addWidget(button)
        whole = QVBoxLayout(self)
        whole.addLayout(form)
        for widget in (self._consent_heading, self._consent, self._confirm, self._error):
            whole.addWidget(widget)
        whole.addLayout(others)
        whole.addLayout(buttons)
        self._start.setDefault(True)
        for button, pressed in self._actions():
            # Return presses the button that has the focus; the one to leave is left out.
            button.setAutoDefault(button is not self._cancel)
            button.clicked.connect(pressed)
        # The dialog is always as large as what it says.
        whole.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        self._consent.setFixedWidth(_WIDTH_PX)
        self._error.setFixedWidth(_WIDTH_PX)

    def _actions(self) -> tuple[tuple[QPushButton, Callable[[], None]], ...]:
        return (
            (self._start, self._try_to_start),
            (self._cancel, self._leave),
            (self._next, self._begin_next),
            (self._go_on, self._go_on_with),
        )

    def _translate(self) -> None:
        words = self._words
        self.setWindowTitle(words.title)
        for name, label in self._labels.items():
            label.setText(getattr(words, name))
        self._code.setPlaceholderText(words.participant_hint)
        self._stimuli.setPlaceholderText(words.no_stimuli)
        self._pilot.setText(words.pilot)
        self._start.setText(words.start)
        self._cancel.setText(words.cancel)

    def _protocol_chosen(self) -> None:
        """Show the consent text of the protocol in the language chosen, and forget what was confirmed."""
        language = self._language()
        self._words = read_dialog_words(language)
        self._translate()
        self._confirm.setChecked(False)
        self._say("")
        try:
            self._protocol = read_protocol(self._protocols.currentData(), language)
        except InputRefused as refused:
            self._protocol = None
            self._show_consent("", "", needed=False)
            self._say(f"{self._words.refused} {refused}")
            return
        consent, pilot = self._protocol.file.consent, self._pilot.isChecked()
        needed = consent_needed(self._protocol, pilot=pilot)
        on_paper = self._words.consent_on_paper.format(version=consent.version)
        text = self._protocol.consent_text or on_paper
        self._show_consent(consent.version, text if needed else self._words.consent_not_needed, needed=needed)
        if not self._stimuli_chosen:
            wanted = self._stimuli.findText(default_stimuli(self._protocol).name)
            self._stimuli.setCurrentIndex(wanted)

    def _show_consent(self, version: str, markdown: str, *, needed: bool) -> None:
        self._consent_heading.setText(self._words.consent.format(version=version))
        # A title in the size of a page would fill the field.
        self._consent.setMarkdown(re.sub(r"^# ", "### ", markdown, flags=re.MULTILINE))
        self._confirm.setText(self._words.confirm.format(version=version))
        self._confirm.setVisible(needed)
        self._consent_heading.setVisible(needed)
        self._consent.setFixedHeight(200 if needed else 50)

    def _say(self, sentence: str, following: int | None = None, unfinished: int | None = None) -> None:
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))
        for button, words, number in (
            (self._next, self._words.begin_next, following),
            (self._go_on, self._words.go_on, unfinished),
        ):
            button.setVisible(number is not None)
            button.setProperty("session", number)
            button.setText(words.format(number=number))

    def _language(self) -> Language:
        return "de" if self._languages.currentData() == "de" else "en"

    def _keep_stimuli(self) -> None:
        self._stimuli_chosen = True

    def _entries(self) -> Entries:
        return Entries(
            protocol=self._protocols.currentData(),
            participant=self._code.text().strip(),
            session=self._session.value(),
            language=self._language(),
            screen=self._screens.currentData(),
            stimuli=self._stimuli.currentData(),
            data=Path(self._data.text().strip() or "data"),
            pilot=self._pilot.isChecked(),
            consent_confirmed=self._confirm.isChecked(),
        )

    def _try_to_start(self) -> None:
        entries = self._entries()
        problem = problem_of(entries, self._words)
        if problem is None:
            self.asked = asked_of(entries, self._choices)
            self.accept()
            return
        self._say(problem.sentence, problem.next_session, problem.unfinished_session)
        if problem.unfinished_session is not None:
            self._go_on.setFocus()
        elif problem.next_session is not None:
            self._next.setFocus()

    def _begin_next(self) -> None:
        self._session.setValue(int(self._next.property("session")))
        self._try_to_start()

    def _go_on_with(self) -> None:
        number = int(self._go_on.property("session"))
        self.asked = asked_to_go_on(self._entries(), number, self._choices)
        self.accept()

    def _leave(self) -> None:
        self.reject()


def show_start_window(choices: Choices, said: str) -> Asked | None:
    """Show the dialog in this process and wait for it; arguments and answer as of ``start_process.ask``.

    Raises
    ------
    InputRefused
        Where its words cannot be read.
    """
    if sys.platform.startswith("linux"):
        # The session's window is one of X11; so the dialog is on the same display.
        os.environ["QT_QPA_PLATFORM"] = "xcb"
    application = QApplication(sys.argv[:1])
    font = QFont(application.font())
    font.setPointSize(_FONT_PT)
    application.setFont(font)
    german = QLocale.system().language() == QLocale.Language.German
    window = StartWindow(choices, choices.language or ("de" if german else "en"), said)
    # Where the program was ended from outside, nobody would hear the answer.
    program = multiprocessing.parent_process()
    watch = QTimer(window)
    watch.timeout.connect(lambda: None if program is None or program.is_alive() else window.reject())
    watch.start(_WATCHED_EVERY_MS)
    window.show()
    window.activateWindow()
    application.exec()
    return window.asked
