"""The methods paragraph, with the real numbers filled in."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from analysis.measures.blocks import DRAWS as DRAWS_OF_BLOCKS
from analysis.measures.choice_times import ALL
from analysis.measures.resampling import DRAWS, draws_for
from analysis.report.findings import SEED, Findings
from analysis.report.page_tables import count, method, percent, points, seconds


def methods(findings: Findings) -> tuple[str, ...]:
    """Paragraphs that can be taken over into a paper: who took part, what they did, how it was analysed."""
    return tuple(
        paragraph
        for paragraph in (_people(findings), _procedure(findings), _exclusions(findings), _analysis(findings))
        if paragraph
    )


def _people(findings: Findings) -> str:
    kinds = findings.collection.table.groupby("observer_kind")["observer"].nunique()
    names = {"human": ("person", "people"), "simulated": ("simulated participant", "simulated participants")}
    parts = [
        f"{count(number)} {names.get(str(kind), (str(kind), str(kind)))[number != 1]}"
        for kind, number in kinds.items()
    ]
    trials = len(findings.collection.table)
    return (
        f"{' and '.join(parts)} took part in {_number_of(len(findings.collection.sessions), 'session')} and "
        f"answered {count(trials)} trials, training included. {_design(findings)}"
    )


def _design(findings: Findings) -> str:
    parts = []
    for summary in findings.conditions:
        tests = _spread(summary.trials.groupby("observer").size())
        training = findings.training(summary.condition)
        trained = _spread(training.groupby("observer").size()) if len(training) else "no"
        clips = summary.trials["clip_id"].nunique()
        parts.append(
            f"in {summary.named} each had {trained} training and {tests} test trials, on "
            f"{count(clips)} test clips of {summary.trials['action'].nunique()} actions"
        )
    return f"Of those analysed, {'; '.join(parts)}."


def _procedure(findings: Findings) -> str:
    known = findings.collection.facts
    if not known:
        return "The data came as tables; how clips were chosen, ordered and shown is not on record in them."
    sentences = []
    protocols = sorted({f"{facts.protocol.name} ({facts.protocol.title})" for facts in known})
    sentences.append(f"Protocol: {'; '.join(protocols)}.")
    rule = known[0].response
    if rule:
        limit = f"{rule.time_limit_s:g} s" if rule.time_limit_s else "no time limit"
        answer = (
            "the first press in the menu was the answer"
            if rule.mode == "press"
            else "an action was selected in the menu and then confirmed"
        )
        sentences.append(f"Each clip was repeated until a choice was made ({limit}); {answer}.")
        if rule.minimum_viewing_s:
            sentences.append(f"Presses in the first {rule.minimum_viewing_s:g} s of a clip were no answers.")
    rates = sorted({f"{facts.display.refresh_hz:.4g}" for facts in known})
    pacing = sorted({facts.display.pacing for facts in known})
    sentences.append(f"Displays ran at {', '.join(rates)} Hz (paced by {', '.join(pacing)}).")
    inputs = Counter(findings.collection.table["input"].dropna())
    if inputs:
        used = ", ".join(f"{name} ({count(number)} trials)" for name, number in inputs.most_common())
        sentences.append(f"Answers were given by {used}.")
    return " ".join(sentences)


def _exclusions(findings: Findings) -> str:
    rules = findings.excluded.rules
    if not rules.rules:
        return "No rule of exclusion was applied: all trials of all sessions that count are analysed."
    flow = findings.excluded.flow
    first, last = flow.iloc[0], flow.iloc[-1]
    removed = [count(first[name] - last[name]) for name in ("participants", "trials")]
    return (
        f"The {len(rules.rules)} rules of exclusion “{rules.name}” (sha256 {rules.sha256[:12]}…) were "
        f"applied in their order. They removed {removed[0]} of "
        f"{_number_of(first['participants'], 'participant')} and {removed[1]} of {count(first['trials'])} "
        "test trials."
    )


def _analysis(findings: Findings) -> str:
    sentences = [
        (
            "Accuracy is right answers over trials, all participants together; a trial without a response "
            "counts as wrong and has no time, and attention checks count in nothing."
        ),
        _intervals(findings),
        (
            "Time-to-choose runs from the flip that showed the first frame to the press; no time is cut off. "
            "Quantiles interpolate linearly."
        ),
        (
            "Sensitivity d′ tells each action from all others, with the log-linear correction; transmitted "
            "information is in bits, with Miller's correction of its bias."
        ),
        *_results(findings),
    ]
    return " ".join(sentences)


def _intervals(findings: Findings) -> str:
    if findings.items == "fixed":
        return _intervals_of_these_clips(findings)
    grouped = findings.items == "group" and findings.table["group"].notna().any()
    items = "clip groups (clips with the same actor and scene)" if grouped else "clips"
    if findings.observers == 1:
        return (
            "Intervals are 95 % and speak of this participant alone: of shares they are Wilson's score "
            "intervals over trials, of a difference of shares Newcombe's, of quantiles of times those of "
            f"order statistics over trials, of all else they come from a bootstrap over "
            f"{items.partition(' (')[0]} ({count(DRAWS)} draws, seed {SEED})."
        )
    return (
        f"Intervals are 95 %. Of the group they come from a bootstrap ({_draws(findings)}, "
        f"seed {SEED}) that draws participants and {items} crossed, and so speak of new people and "
        f"new clips; variances are put together from the parts over participants, over "
        f"{items.partition(' (')[0]} and over both, with Student's t. Shares take Wilson's form at the "
        "effective number of trials; intervals of quantiles of times go through the share of times below "
        "them (Woodruff's method). Those of differences of times within participants draw participants "
        "alone, and so speak of new people and these very clips. Of one participant, and of one clip, they "
        "are Wilson's score intervals over trials. In simulated studies those of rare confusions that came "
        f"from few {items.partition(' (')[0]}, of bits of three participants near the ceiling, and of "
        "correct minus wrong times, held the truth less often than they say (at worst 85, 92 and 92 %)."
    )


def _intervals_of_these_clips(findings: Findings) -> str:
    if findings.observers == 1:
        return (
            "Intervals are 95 % and speak of this participant and these very clips: they are over trials, of "
            "shares Wilson's score intervals, of a difference of shares Newcombe's, of quantiles of times "
            "those of order statistics; what only a bootstrap tells has none."
        )
    return (
        f"Intervals are 95 %. Of the group they come from a bootstrap ({_draws(findings)}, seed {SEED}) that "
        "draws participants alone, and so speak of new people and these very clips, with Student's t. Shares "
        "take Wilson's form at the effective number of trials; intervals of quantiles of times go through "
        "the share of times below them (Woodruff's method). Of one participant they are Wilson's score "
        "intervals over trials. "
        "What is set beside models draws groups of clips too."
    )


def _draws(findings: Findings) -> str:
    whole, of_blocks = (draws_for(findings.observers, most) for most in (DRAWS, DRAWS_OF_BLOCKS))
    apart = f"; {count(of_blocks)} for blocks of trials" if of_blocks != whole else ""
    return f"{count(whole)} draws{apart}"


def _results(findings: Findings) -> list[str]:
    sentences = []
    for summary in findings.conditions:
        row = summary.accuracy.iloc[0]
        sentences.append(
            f"Accuracy in {summary.named} was {percent(row['accuracy'])} ({percent(row['low'])} to "
            f"{percent(row['high'])}; {count(row['correct'])} of {count(row['trials'])} trials)."
        )
    for pair in findings.pairs:
        row = pair.drop.iloc[0]
        sentences.append(
            f"The drop from {pair.first} to {pair.second} was {points(row['drop'])} percentage points "
            f"({points(row['low'])} to {points(row['high'])}; {method(row['method'])}; "
            f"{_number_of(row['observers'], 'participant')} in both)."
        )
    for summary in findings.conditions:
        times = summary.choice_times
        row = times[(times["action"] == ALL) & (times["outcome"] == ALL)].iloc[0]
        if row["trials"]:
            sentences.append(
                f"Median time-to-choose in {summary.named} was {seconds(row['median'])} s "
                f"({seconds(row['low'])} to {seconds(row['high'])} s)."
            )
    return sentences


def _number_of(number: int, name: str) -> str:
    return f"{count(number)} {name}{'s' * (int(number) != 1)}"


def _spread(numbers: pd.Series[int]) -> str:
    low, high = int(numbers.min()), int(numbers.max())
    return count(low) if low == high else f"{count(low)} to {count(high)}"
