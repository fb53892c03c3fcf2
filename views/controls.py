"""The table's settings as Streamlit widgets.

A widget mirrors its setting: it is given the session's value before it is drawn, and hands a change to `commit`. Its
label is the word under `setting.<key>`, its help the one under `setting.<key>_help`, if there is one.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar, cast

import streamlit as st

from views.numbers import plain
from views.setting import Value
from views.state import Lab, allowed, commit, commit_with
from views.text import Text

FollowUp = Callable[[dict[str, Value]], Mapping[str, Value]]
Control = TypeVar("Control", bound=Callable[..., None])


def _unless_hidden(control: Control) -> Control:
    """The control, drawn only where the page does not hide its setting (`Lab.hidden`)."""

    @wraps(control)
    def draw(here: Lab, key: str, *options: Any, **named: Any) -> None:
        if key not in here.hidden:
            control(here, key, *options, **named)

    return cast(Control, draw)


def widget_key(here: Lab, key: str) -> str:
    """The key of the widget for a setting of the open page."""
    return f"{here.page}-{key}"


def mirror(widget: str, value: Value | bool) -> None:
    """Show the session's value: a widget that was not drawn for a while has forgotten it.

    Every widget is given it as its default as well: one inside a closed popover is drawn only when that opens, from the
    default that came last.
    """
    if st.session_state.get(widget) != value:
        st.session_state[widget] = value


def _take(widget: str, key: str, old: Value | None, follow_up: FollowUp | None) -> None:
    value = st.session_state[widget]
    # an emptied box, or a pressed segment pressed again: there is always a value. A label chosen from a list that was
    # still open in another language comes as it is written; and nobody has to use the page to send something
    if value is None or not allowed(key, value):
        st.session_state[widget] = old
    elif follow_up is None:
        commit(**{key: value})
    else:
        commit_with(follow_up, **{key: value})


def _help(text: Text, key: str) -> str | None:
    return text(f"setting.{key}_help") if f"setting.{key}_help" in text else None


def _number(here: Lab, key: str) -> float:
    value = here.current[key]
    assert not isinstance(value, str), f"{key} is a choice, not a number"
    return value


@_unless_hidden
def slider(
    here: Lab,
    key: str,
    low: float,
    high: float,
    step: float,
    *,
    format: str | None = None,
    label: str | None = None,
    follow_up: FollowUp | None = None,
) -> None:
    """A slider for a numeric setting, whole if `step` is.

    It shows the nearest end where the value lies outside its range; `label` stands in for the key where the same
    setting has another name.
    """
    kind = int if isinstance(step, int) else float
    widget, value = f"{widget_key(here, key)}-{label or ''}", kind(min(max(_number(here, key), low), high))
    mirror(widget, value)
    st.slider(
        here.text(f"setting.{label or key}"),
        kind(low),
        kind(high),
        value,
        step=kind(step),
        format=format,
        key=widget,
        help=_help(here.text, label or key),
        on_change=_take,
        args=(widget, key, None, follow_up),
    )


@_unless_hidden
def ladder(
    here: Lab,
    key: str,
    rungs: Sequence[float],
    *,
    label: str | None = None,
    follow_up: FollowUp | None = None,
) -> None:
    """A slider over given values of a numeric setting; the setting's own value is one of them while it is set.

    `label` stands in for the key where the same setting has another name.
    """
    widget, value = f"{widget_key(here, key)}-ladder", _number(here, key)
    mirror(widget, value)
    st.select_slider(
        here.text(f"setting.{label or key}"),
        sorted({*rungs, value}),
        value,
        format_func=plain,
        key=widget,
        help=_help(here.text, label or key),
        on_change=_take,
        args=(widget, key, None, follow_up),
    )


@_unless_hidden
def number(here: Lab, key: str, low: float, high: float, step: float, *, label: str | None = None) -> None:
    """A number box for a numeric setting, whole if `step` is; `label` stands in for the key, as in `slider`."""
    kind = int if isinstance(step, int) else float
    widget, value = widget_key(here, key), kind(_number(here, key))
    mirror(widget, value)
    st.number_input(
        here.text(f"setting.{label or key}"),
        kind(low),
        kind(high),
        value,
        step=kind(step),
        format=None if kind is int else "%.6g",
        key=widget,
        help=_help(here.text, label or key),
        on_change=_take,
        args=(widget, key, value, None),
    )


@_unless_hidden
def choice(here: Lab, key: str, options: Sequence[str], *, follow_up: FollowUp | None = None) -> None:
    """A drop-down list for a setting that is one word of a few; `option.<key>.<word>` is how it is said."""
    labels = {option: here.text(f"option.{key}.{option}") for option in options}
    _drop_down(here, key, labels, here.current[key], key, follow_up)


@_unless_hidden
def dropdown(
    here: Lab,
    key: str,
    names: Mapping[int, str],
    value: int,
    *,
    label: str | None = None,
    follow_up: FollowUp | None = None,
) -> None:
    """A drop-down list for a whole number that stands for one of some names, which are shown as they are.

    It shows `value`, which may differ from the setting where that has no name; `label` stands in for the key where the
    same setting has another name.
    """
    _drop_down(here, key, names, value, label or key, follow_up)


def _drop_down(
    here: Lab,
    key: str,
    labels: Mapping[Any, str],
    value: Value,
    said: str,
    follow_up: FollowUp | None,
) -> None:
    widget = widget_key(here, key)
    if st.session_state.get(f"{widget}-labels") != labels:
        # the browser holds on to a label, which in another language or table means nothing, or something else
        st.session_state[f"{widget}-labels"], st.session_state[widget] = dict(labels), value
    mirror(widget, value)
    st.selectbox(
        here.text(f"setting.{said}"),
        list(labels),
        list(labels).index(value),
        format_func=labels.__getitem__,
        key=widget,
        help=_help(here.text, said),
        on_change=_take,
        args=(widget, key, value, follow_up),
    )


@_unless_hidden
def segments(here: Lab, key: str, options: Sequence[str], *, follow_up: FollowUp | None = None) -> None:
    """A row of buttons for a setting that is one word of very few."""
    widget, value, text = widget_key(here, key), here.current[key], here.text
    mirror(widget, value)
    st.segmented_control(
        text(f"setting.{key}"),
        list(options),
        default=value,
        format_func=lambda option: text(f"option.{key}.{option}"),
        key=widget,
        help=_help(text, key),
        on_change=_take,
        args=(widget, key, value, follow_up),
        width="stretch",
    )


@_unless_hidden
def toggle(here: Lab, key: str, off: str, on: str, *, follow_up: FollowUp | None = None) -> None:
    """A switch between the two words of a setting; `setting.<key>` says what is switched on."""
    widget = widget_key(here, key)
    mirror(widget, here.current[key] == on)

    def turn() -> None:
        commit_with(follow_up or (lambda _: {}), **{key: on if st.session_state[widget] else off})

    st.toggle(
        here.text(f"setting.{key}"), here.current[key] == on, key=widget, help=_help(here.text, key), on_change=turn
    )


def button(
    here: Lab, name: str, icon: str, *, disabled: bool = False, why: str | None = None, **changes: Value
) -> None:
    """A button that sets values; `action.<name>` is its word, `action.<why or name>_help` what it does."""
    st.button(
        here.text(f"action.{name}"),
        icon=icon,
        key=f"{here.page}-{name}",
        help=here.text(f"action.{why or name}_help"),
        on_click=commit,
        kwargs=changes,
        disabled=disabled,
        width="stretch",
    )
