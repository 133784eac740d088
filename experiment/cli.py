"""The command line of ``run_session.py``."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from experiment.calibrating import calibrate
from experiment.choices import Choices, Simulation, refuse_unread
from experiment.errors import InputRefused, SessionError, SessionStopped
from experiment.input_choice import InputChoice
from experiment.interruptions import told_interruptions
from experiment.live_view import TerminalView, View
from experiment.localized import Language
from experiment.opening import ask_for_choices, check_timing
from experiment.phases.rounds import told_criteria
from experiment.screen import DISTANCE_RANGE_CM, WIDTH_RANGE_CM
from experiment.session_store import read_session, read_session_journal
from experiment.start import resume_session, start_session
from stimuli.errors import StimulusError, on_one_line

EXIT_FINISHED, EXIT_FAILED, EXIT_BAD_INPUT, EXIT_STOPPED = 0, 1, 2, 3

# Plain help: in boxes, 80 columns cut the names of options short.
app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def run(
    protocol: Annotated[
        Path | None,
        typer.Argument(help="Protocol file; without it and a participant a dialog asks.", show_default=False),
    ] = None,
    participant: Annotated[
        str | None, typer.Option(help="Participant code, e.g. P001. Never a name.")
    ] = None,
    session: Annotated[
        int | None, typer.Option(min=1, max=99, help="Session number of the participant.")
    ] = None,
    data: Annotated[Path, typer.Option(help="Folder for the data.")] = Path("data"),
    stimuli: Annotated[Path | None, typer.Option(help="Stimulus set to show.")] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Seed of the plan; 128 random bits unless given.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where the journal of the session ends.")
    ] = False,
    simulate: Annotated[
        Simulation | None, typer.Option(help="A simulated participant: in a real window, or without one.")
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option(min=0.1, max=100, help="Simulations in a window: time runs this much faster."),
    ] = None,
    observer: Annotated[Path | None, typer.Option(help="Simulations: who answers.")] = None,
    language: Annotated[
        Language | None, typer.Option(help="Language of the screens; en unless given.")
    ] = None,
    windowed: Annotated[bool, typer.Option("--windowed", help="In a window of 1280 x 800.")] = False,
    screen: Annotated[int, typer.Option(min=0, help="Which screen, from 0.")] = 0,
    consent_confirmed: Annotated[
        bool, typer.Option("--consent-confirmed", help="The participant has signed the consent form.")
    ] = False,
    pilot: Annotated[
        bool, typer.Option("--pilot", help="Mark the session as a pilot; analyses leave it out.")
    ] = False,
    input_source: Annotated[
        InputChoice,
        typer.Option("--input", help="Who tells when a key or button was pressed (docs/timing.md)."),
    ] = "auto",
    photodiode: Annotated[
        bool, typer.Option("--photodiode", help="A square for a light sensor in the lower right corner.")
    ] = False,
    monitor_width_cm: Annotated[
        float | None,
        typer.Option(
            min=WIDTH_RANGE_CM[0],
            max=WIDTH_RANGE_CM[1],
            help="Width of the picture on the screen (docs/display.md).",
        ),
    ] = None,
    distance_cm: Annotated[
        float | None,
        typer.Option(
            min=DISTANCE_RANGE_CM[0],
            max=DISTANCE_RANGE_CM[1],
            help="From the eye to the screen; 50 unless known.",
        ),
    ] = None,
    gamma_table: Annotated[
        Path | None, typer.Option(help="CSV of luminance by level, as measured (docs/display.md).")
    ] = None,
    live_view: Annotated[
        bool | None,
        typer.Option(
            help="Tell in this terminal how the session goes; off in --simulate data.", show_default=False
        ),
    ] = None,
    show_accuracy: Annotated[
        bool,
        typer.Option("--show-accuracy", help="Tell in this terminal, too, how many test trials were right."),
    ] = False,
    timing_check: Annotated[
        bool, typer.Option("--timing-check", help="Measure this display's timing; no session is run.")
    ] = False,
    calibrate_screen: Annotated[
        bool, typer.Option("--calibrate", help="Measure this screen's width by a card; no session is run.")
    ] = False,
) -> None:
    """Run one session: slides, training, test, rest, training, test, questionnaire.

    Without a protocol and a participant a dialog asks (docs/lab-guide.md).

    Exit codes: 0 finished, 3 stopped by the experimenter (can be resumed), 2 bad input (nothing written),
    1 anything else (the journal is intact).

    \b
    For example, a participant of a study, and the same session after a stop:
      python run_session.py protocols/afd5.yaml --participant P001 \\
        --stimuli stimulus_sets/synthetic --data data --consent-confirmed
      python run_session.py --participant P001 --data data --resume

    \b
    A rehearsal of the pilot, in a window and without one:
      python run_session.py protocols/pilot.yaml --simulate visual --speed 20 \\
        --stimuli stimulus_sets/pilot --data data/rehearsal
      python run_session.py protocols/pilot.yaml --simulate data \\
        --stimuli stimulus_sets/pilot --data data/rehearsal

    \b
    This display:
      python run_session.py --calibrate
      python run_session.py --timing-check
    """
    choices = Choices(
        protocol=protocol,
        data=data,
        stimuli=stimuli,
        participant=participant,
        session=session,
        seed=seed,
        simulate=simulate,
        observer=observer,
        speed=speed,
        language=language,
        windowed=windowed,
        screen=screen,
        consent_confirmed=consent_confirmed,
        pilot=pilot,
        input=input_source,
        photodiode=photodiode,
        monitor_width_cm=monitor_width_cm,
        distance_cm=distance_cm,
        gamma_table=gamma_table,
    )
    if calibrate_screen:
        raise typer.Exit(calibrate_and_report(choices, resume=resume or timing_check))
    if timing_check:
        raise typer.Exit(check_and_report(choices, resume=resume))
    in_window = simulate != "data"
    view = TerminalView(in_window, in_window if live_view is None else live_view, show_accuracy)
    if not (resume or protocol or participant or simulate):
        raise typer.Exit(ask_and_run(choices, view))
    raise typer.Exit(run_and_report(choices, resume=resume, view=view))


def ask_and_run(choices: Choices, view: View) -> int:
    """Ask by the start dialog, run the session, and return the exit code; what was refused is asked again."""
    said: list[str] = [""]
    while True:
        try:
            asked = ask_for_choices(choices, said[-1])
        except InputRefused as error:
            _to_stderr(str(error))
            return EXIT_BAD_INPUT
        if asked is None:
            print("The start dialog was left; nothing was started.")
            return EXIT_STOPPED
        code = run_and_report(asked.choices, resume=asked.resume, view=view, refused=said.append)
        if code != EXIT_BAD_INPUT:
            return code
        if not asked.resume:
            choices = asked.choices


def run_and_report(
    choices: Choices, *, resume: bool, view: View, refused: Callable[[str], None] | None = None
) -> int:
    """Run a session, say in one sentence how it ended, and return the exit code.

    ``refused`` is told the sentence where the input was bad; without it, stderr.
    """

    def run_session() -> Iterable[str]:
        refuse_unread(choices)
        folder = resume_session(choices, view) if resume else start_session(choices, view)
        return _told_of_session(choices, folder)

    return _code_of(run_session, refused or _to_stderr)


def check_and_report(choices: Choices, *, resume: bool) -> int:
    """Measure the timing of the display, show the page, keep it as a file, and return the exit code."""

    def check() -> Iterable[str]:
        _refuse_session("--timing-check", "--input, --photodiode and --data", choices, resume=resume)
        report = check_timing(choices, lambda told: print(told, flush=True))
        page = report.write(choices.data / "timing_checks")
        return report.text(), f"The page is in {page}"

    return _code_of(check)


def calibrate_and_report(choices: Choices, *, resume: bool) -> int:
    """Measure the screen, say what was kept, and return the exit code."""

    def measure() -> Iterable[str]:
        others = "--language, --monitor-width-cm, --distance-cm and --gamma-table"
        _refuse_session("--calibrate", others, choices, resume=resume)
        return (str(calibrate(choices)),)

    return _code_of(measure)


def _to_stderr(sentence: str) -> None:
    print(on_one_line(sentence), file=sys.stderr)


def _code_of(work: Callable[[], Iterable[str]], refused: Callable[[str], None] = _to_stderr) -> int:
    """Do some work, print what it tells, and return the exit code; what went wrong is one sentence.

    ``refused`` is told the sentence where the input was bad.
    """
    try:
        told = work()
    except (InputRefused, StimulusError) as error:
        refused(str(error))
        return EXIT_BAD_INPUT
    except SessionStopped as stopped:
        print(stopped)
        return EXIT_STOPPED
    except SessionError as error:
        _to_stderr(str(error))
        return EXIT_FAILED
    except Exception:  # noqa: BLE001 - the last line of defence: show what happened, and that the data are safe
        traceback.print_exc()
        _to_stderr("An error of the program. A session that had begun is intact on the disk: --resume.")
        return EXIT_FAILED
    for sentence in told:
        print(sentence)
    return EXIT_FINISHED


def _told_of_session(choices: Choices, folder: Path) -> Iterator[str]:
    """Where the data of a finished session are, and what its experimenter should know of it."""
    yield f"{'Simulated session' if choices.simulate else 'Session'} finished. Its data are in {folder}"
    entries = read_session_journal(folder).entries
    yield from told_interruptions(entries)
    yield from told_criteria(read_session(folder).plan, [entry.event for entry in entries])


def _refuse_session(option: str, others: str, choices: Choices, *, resume: bool) -> None:
    """Refuses what belongs to a session beside an option that runs none; ``others`` are what it takes."""
    if resume or choices.simulate or choices.protocol or choices.participant:
        raise InputRefused(
            f"{option} runs no session; of the other options it takes --screen, --windowed, {others}"
        )


def main() -> None:
    """Entry point of ``run_session.py``."""
    app()
