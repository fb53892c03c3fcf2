"""The page's top right corner: undo, reset, symbols, examples, share, and the language."""

from collections.abc import Callable

import streamlit as st

from views.controls import mirror
from views.presets import PRESETS
from views.share import share
from views.state import Lab, arrange, commit, reset, speak, undo
from views.text import LANGUAGES


def header(here: Lab) -> None:
    """The buttons of a lab, and the language switch of every page; for the projector only the way back."""
    with st.container(key="header", horizontal=True, gap="small", width="content"):
        if here.presenting:
            _button(here, "leave", "close_fullscreen", lambda: arrange(present="0"))
            return
        if here.table:
            _button(here, "undo", "undo", undo)
            _button(here, "reset", "restart_alt", reset)
            _symbols(here)
            _examples(here)
            share(here)
            _button(here, "present", "fullscreen", lambda: arrange(present="1"))
        mirror("language", here.language)
        st.segmented_control(
            here.text("action.language"),
            LANGUAGES,
            format_func=lambda language: here.text(f"language.{language}"),
            key="language",
            label_visibility="collapsed",
            on_change=lambda: speak(st.session_state["language"] or here.language),
        )


def _button(here: Lab, name: str, icon: str, act: Callable[[], None]) -> None:
    st.button(
        here.text(f"action.{name}"),
        icon=f":material/{icon}:",
        type="tertiary",
        on_click=act,
        key=name,
        help=here.text(f"action.{name}_help"),
    )


def _symbols(here: Lab) -> None:
    with st.popover(
        here.text("action.glossary"), icon=":material/menu_book:", type="tertiary", key="glossary", width="content"
    ):
        st.markdown(here.text(f"prose.glossary_{here.page}"))


def _examples(here: Lab) -> None:
    """The presets: one click each."""
    with st.popover(
        here.text("action.examples"), icon=":material/bookmarks:", type="tertiary", key="examples", width="content"
    ):
        for name, preset in PRESETS[here.page].items():
            st.button(
                here.text(f"preset.{name}"),
                icon=f":material/{preset.icon}:",
                key=f"preset-{name}",
                help=here.text(f"preset.{name}_says"),
                on_click=commit,
                kwargs=preset.values(here.page),
                width="stretch",
            )
