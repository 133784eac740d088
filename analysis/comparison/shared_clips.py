"""Which answers of models stand beside those of people: the same clips, the same actions to choose from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from analysis.counted_trials import counted_trials
from analysis.errors import AnalysisError


@dataclass(frozen=True)
class SharedAnswers:
    """Test answers of models to clips that people answered; ``remarks`` say what was left out."""

    trials: pd.DataFrame
    remarks: tuple[str, ...]


def shared_answers(people: pd.DataFrame, models: pd.DataFrame) -> SharedAnswers:
    """The answers of ``models`` in the conditions and to the clips of ``people``.

    Both are trial tables. Only test trials of models count. Clips of a model that nobody saw are left out,
    and so are its conditions that people lack; a remark says how many. A model may lack some of the clips
    that people saw.

    Raises
    ------
    AnalysisError
        Where a model answered in no condition of the people, lacks all clips that people saw in one, answered
        one twice in a run, chose among other actions, or shows another action under a clip's name.
    """
    tests = models[models["phase"] == "test"]
    kept, remarks = [], []
    for observer, answers in tests.groupby("observer", sort=False):
        common = [name for name in people["condition"].unique() if (answers["condition"] == name).any()]
        if not common:
            raise AnalysisError(
                f"{observer} has no test answer in a condition that people answered in "
                f"({_names(people['condition'])}); it has {_names(answers['condition'])}"
            )
        if others := sorted(set(answers["condition"]) - set(common)):
            remarks.append(f"{observer} also answered in {', '.join(others)}, where there are no people")
        for condition in common:
            of_people = people[people["condition"] == condition]
            of_model = answers[answers["condition"] == condition]
            _check(str(observer), str(condition), of_people, of_model)
            shared = of_model[of_model["clip_id"].isin(of_people["clip_id"])]
            kept.append(shared)
            remarks += _left_out(str(observer), str(condition), of_model, shared)
    trials = pd.concat(kept, ignore_index=True) if kept else tests.iloc[:0]
    return SharedAnswers(trials, tuple(remarks))


def refuse_other_actions(trials: pd.DataFrame) -> None:
    """Refuse models that chose among other actions than people, in a trial table of both.

    Raises
    ------
    AnalysisError
        Naming the model, the condition, and what people could choose in it.
    """
    tests = counted_trials(trials)
    is_model = tests["observer_kind"] == "model"
    for (observer, condition), of_model in tests[is_model].groupby(["observer", "condition"], sort=False):
        of_people = tests[~is_model & (tests["condition"] == condition)]
        if len(of_people):
            _refuse_other_actions(str(observer), str(condition), of_people, of_model)


def _check(observer: str, condition: str, people: pd.DataFrame, model: pd.DataFrame) -> None:
    seen = pd.Index(people["clip_id"].unique())
    for session, run in model.groupby("session", sort=False):
        if not seen.isin(run["clip_id"]).any():
            raise AnalysisError(
                f"{observer}, run {session}: all {len(seen)} clips that people saw in {condition} are "
                f"missing, the first is {seen[0]}; predict the test clips of the stimulus set that people saw"
            )
        twice = run["clip_id"].duplicated()
        if twice.any():
            raise AnalysisError(
                f"{observer}, run {session}: {run.loc[twice, 'clip_id'].iloc[0]} was answered twice; a "
                f"model has one answer to a clip in a run"
            )
    _refuse_other_actions(observer, condition, people, model)
    actions = people.drop_duplicates("clip_id").set_index("clip_id")["action"]
    shown = model[model["clip_id"].isin(seen)]
    other = (shown["action"] != shown["clip_id"].map(actions)).fillna(True).to_numpy(dtype=bool)
    if other.any():
        row = shown.iloc[int(other.argmax())]
        raise AnalysisError(
            f"{observer}: the action of {row['clip_id']} is {row['action']}, for people it was "
            f"{actions[row['clip_id']]}; the two used different stimulus sets"
        )


def _refuse_other_actions(observer: str, condition: str, people: pd.DataFrame, model: pd.DataFrame) -> None:
    offered = _offered(people)
    if strange := sorted(_offered(model) - offered):
        raise AnalysisError(
            f"{observer} could answer {', '.join(strange)} in {condition}, and people could not; they chose "
            f"among {', '.join(sorted(offered))}"
        )


def _offered(trials: pd.DataFrame) -> set[str]:
    """The actions that could be chosen; where no menu is on record, those shown and chosen."""
    menus = trials["menu_order"].dropna()
    if len(menus):
        return {str(action) for order in menus.unique() for action in str(order).split("|")}
    return {str(action) for action in pd.concat([trials["action"], trials["response"].dropna()]).unique()}


def _left_out(observer: str, condition: str, model: pd.DataFrame, shared: pd.DataFrame) -> Iterator[str]:
    unseen = len(set(model["clip_id"]) - set(shared["clip_id"]))
    if unseen:
        whole = model["clip_id"].nunique()
        yield f"{observer}: of its {whole} {condition} clips, {unseen} that no participant saw are left out"


def _names(column: pd.Series[str]) -> str:
    return ", ".join(sorted(map(str, column.unique())))
