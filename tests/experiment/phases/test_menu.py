"""A menu of any allowed length stands on the screen, clear of what stands above and below it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from experiment.lettering import measure_text
from experiment.scene import Text
from tests.experiment.material import clips_named, protocol_with
from tests.experiment.virtual_session import VirtualSession


@pytest.mark.parametrize("actions", range(2, 10))
def test_two_to_nine_answers_stay_clear_of_heading_and_hint(tmp_path, actions):
    # Given a protocol of so many actions on the smallest screen
    names = [f"Action{number}" for number in range(1, actions + 1)]
    protocol = protocol_with(
        actions=[{"name": name, "label": {"en": name}} for name in names],
        phases=[{"kind": "test", "condition": "UCF5", "clips_per_action": 1}],
    )
    clips = clips_named({name: [(1, 1, "test")] for name in names})
    session = VirtualSession(tmp_path, protocol, clips=clips, size_px=(1280, 800)).run()
    # Then all of them can be chosen, each by its number
    assert sorted(trial.response for trial in session.trials) == names
    scene = session.shown("test")[0][0]
    rects = [target.rect for target in scene.targets]
    assert [target.keys for target in scene.targets] == [(str(n),) for n in range(1, actions + 1)]
    # and none of them touches another, the heading, the progress or the hint
    assert all(upper.bottom > lower.top for upper, lower in pairwise(rects))
    words = session.plan.words
    hint = words.choose.format(count=actions)
    lines = {e.text: e for e in scene.elements if isinstance(e, Text)}
    for text in (words.test, f"1 / {actions}", hint):
        half = measure_text(lines[text])[1] / 2
        assert lines[text].y + half <= 400
        assert lines[text].y - half >= -400
        if text == hint:
            assert lines[text].y + half <= rects[-1].bottom
        else:
            assert lines[text].y - half >= rects[0].top
    left, right = rects[0].left, rects[0].right
    assert -640 <= left < right < scene.videos[0].rect.left
