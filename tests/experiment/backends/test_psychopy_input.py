"""Keys and mouse: real X events at a real window, as a person's would be."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from experiment.backends.clock import SessionClock
from experiment.backends.psychopy import PsychopyBackend
from experiment.backends.psychopy_input import WindowResponses, key_name
from experiment.backends.window_injection import WindowInjector
from experiment.backends.xtest import XTestInjector
from experiment.ports import CloseRequest, InputEvent, KeyPress, PointerMove, PointerPress, TextTyped

Collect = Callable[[float], tuple[InputEvent, ...]]


@pytest.mark.parametrize(
    ("symbol", "name"),
    [
        ("_1", "1"),
        ("NUM_1", "1"),
        ("NUM_END", "1"),
        ("_0", "0"),
        ("NUM_INSERT", "0"),
        ("RETURN", "return"),
        ("ENTER", "return"),
        ("NUM_ENTER", "return"),
        ("ESCAPE", "escape"),
        ("SPACE", "space"),
        ("F8", "f8"),
        ("A", "a"),
        ("LEFT", "left"),
    ],
)
def test_keys_have_one_name_wherever_they_are(symbol: str, name: str) -> None:
    assert key_name(symbol) == name


@pytest.mark.parametrize(
    "key",
    ["1", "5", "space", "return", "escape", "backspace", "tab", "left", "right", "up", "down", "f8", "a"],
)
def test_a_key_pressed_comes_back_under_its_name(
    backend: PsychopyBackend, events_of: Collect, key: str
) -> None:
    assert backend.injector is not None
    at_s = backend.display._clock.now() + 0.02
    backend.injector.press_key(key, at_s)
    presses = [event for event in events_of(at_s) if isinstance(event, KeyPress)]
    assert [press.key for press in presses] == [key]
    # Half a millisecond is what the X server's whole milliseconds leave open.
    assert presses[0].t_s >= at_s - 0.0005


def test_the_keypad_chooses_with_and_without_num_lock(backend: PsychopyBackend, events_of: Collect) -> None:
    """With Num Lock a key of the number block means its digit (KP_1), without it something else (KP_End)."""
    from Xlib import XK

    assert isinstance(backend.injector, XTestInjector)
    names = ("KP_End", "KP_1", "KP_Begin", "KP_5", "KP_Enter")
    backend.injector._keyboard.strike(tuple(XK.string_to_keysym(name) for name in names))
    presses = [event.key for event in events_of(backend.display._clock.now()) if isinstance(event, KeyPress)]
    assert [key for key in presses if "shift" not in key] == ["1", "1", "5", "5", "return"]


def test_typed_text_comes_back_letter_for_letter(backend: PsychopyBackend, events_of: Collect) -> None:
    """Capitals, umlauts and dashes too, though the keyboard is American; control characters are left out."""
    assert backend.injector is not None
    text = "Größe 12,5 – Äh? aa"
    at_s = backend.display._clock.now() + 0.02
    backend.injector.type_text(text, at_s)
    backend.injector.press_key("return", at_s + 0.05)
    typed = [event.text for event in events_of(at_s + 0.1) if isinstance(event, TextTyped)]
    assert "".join(typed) == text


@pytest.mark.parametrize("place", [(0, 0), (-400, 250), (501, -333)])
def test_a_press_comes_back_where_it_was(
    backend: PsychopyBackend, events_of: Collect, place: tuple[int, int]
) -> None:
    assert backend.injector is not None
    at_s = backend.display._clock.now() + 0.02
    backend.injector.press_pointer(*place, at_s)
    events = events_of(at_s)
    presses = [event for event in events if isinstance(event, PointerPress)]
    assert len(presses) == 1
    assert (presses[0].x, presses[0].y) == pytest.approx(place, abs=1)
    assert (type(presses[0].x), type(presses[0].y)) == (float, float)
    moves = [event for event in events if isinstance(event, PointerMove)]
    assert (moves[-1].x, moves[-1].y) == pytest.approx(place, abs=1)


def test_only_the_left_button_chooses(backend: PsychopyBackend, events_of: Collect) -> None:
    assert isinstance(backend.injector, XTestInjector)
    x = backend.injector._x
    for button in (2, 3, 4):
        x.xtest_fake_input(4, button)
        x.xtest_fake_input(5, button)
    x.sync()
    events = events_of(backend.display._clock.now())
    assert not any(isinstance(event, PointerPress) for event in events)


def test_events_come_in_the_order_of_their_times(backend: PsychopyBackend, events_of: Collect) -> None:
    assert backend.injector is not None
    now_s = backend.display._clock.now()
    for place, key in ((3, "3"), (1, "1"), (2, "2")):
        backend.injector.press_key(key, now_s + 0.02 * place)
    events = events_of(now_s + 0.06)
    assert [event.key for event in events if isinstance(event, KeyPress)] == ["1", "2", "3"]
    assert [event.t_s for event in events] == sorted(event.t_s for event in events)


def test_the_window_manager_asks_and_the_window_stays(backend: PsychopyBackend, events_of: Collect) -> None:
    from Xlib.display import Display
    from Xlib.protocol.event import ClientMessage

    server = Display()
    window = server.create_resource_object("window", backend.display._window.winHandle._window)
    protocols, delete = (server.intern_atom(name) for name in ("WM_PROTOCOLS", "WM_DELETE_WINDOW"))
    window.send_event(ClientMessage(window=window, client_type=protocols, data=(32, [delete, 0, 0, 0, 0])))
    # The server has handed the event on before anything is asked for.
    server.sync()
    server.close()
    events = events_of(backend.display._clock.now())
    assert any(isinstance(event, CloseRequest) for event in events)
    assert backend.display._window.winHandle.context is not None


def test_psychopys_own_buffers_stay_empty(backend: PsychopyBackend, events_of: Collect) -> None:
    """They would grow through a whole session, as nobody reads them."""
    from psychopy import event as psychopy_event

    assert backend.injector is not None
    at_s = backend.display._clock.now() + 0.02
    backend.injector.press_key("a", at_s)
    assert events_of(at_s)
    assert psychopy_event._keyBuffer == []


def test_a_name_no_key_has_is_refused(backend: PsychopyBackend) -> None:
    assert backend.injector is not None
    with pytest.raises(ValueError, match="'nonsense'"):
        backend.injector.press_key("nonsense", 0.0)


def test_without_an_x_server_events_are_put_into_the_window(
    backend: PsychopyBackend, events_of: Collect
) -> None:
    clock = backend.display._clock
    size_px = backend.display.record.size_px
    injector = WindowInjector(backend.display._window.winHandle, size_px, 1.0, clock)
    injector.press_key("3", clock.now())
    injector.press_key("backspace", clock.now())
    injector.type_text("ä", clock.now())
    injector.press_pointer(-10, 20, clock.now())
    injector.press_key("4", clock.now() + 1000)
    while clock.now() < injector._due[0][0]:
        time.sleep(0.001)
    injector.pump()
    events = [event for event in events_of(clock.now()) if not isinstance(event, PointerMove)]
    assert [(type(event), *list(vars(event).values())[1:]) for event in events] == [
        (KeyPress, "3"),
        (TextTyped, "3"),
        (KeyPress, "backspace"),
        (TextTyped, "ä"),
        (PointerPress, -10, 20, "mouse"),
    ]
    assert len(injector._due) == 1, "what is not yet due waits"


def test_on_a_high_resolution_screen_positions_are_framebuffer_pixels(display: str) -> None:
    """Such a window is 800 x 600 units large and has 1600 x 1200 pixels."""
    from pyglet.event import EventDispatcher

    class HighResolutionWindow(EventDispatcher):
        def dispatch_events(self) -> None: ...

    for name in (
        "on_key_press",
        "on_text",
        "on_text_motion",
        "on_mouse_press",
        "on_mouse_motion",
        "on_deactivate",
        "on_close",
    ):
        HighResolutionWindow.register_event_type(name)
    for name in ("on_mouse_drag", "on_mouse_release", "on_mouse_scroll", "on_mouse_enter", "on_mouse_leave"):
        HighResolutionWindow.register_event_type(name)
    window = HighResolutionWindow()
    responses = WindowResponses(window, SessionClock(), (1600, 1200), scale=2.0)
    window.dispatch_event("on_mouse_press", 400.5, 100, 1, 0)
    (press,) = responses.poll()
    assert isinstance(press, PointerPress)
    assert (press.x, press.y) == (1.0, -400.0)
