"""Bringing a table of one's own: upload, edit, and what is said of the file."""

from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.uploaded_file_manager import DeletedFile

from views.csv_table import read_table
from views.csv_text import Said
from views.fit import sensible_columns
from views.setting import defaults
from views.settings import another_table
from views.state import Lab, bring, commit_with, lab
from views.tables import CARS, Table, edited, find, keep

UPLOAD, EDIT, MESSAGES, EDITED = "own-upload", "own-edit", "own-messages", "own-edited"  # slots of the session
MOST_EDITED = 2000  # rows that an editor takes


@dataclass(frozen=True)
class Messages:
    """What is said of the last file: why it was refused, or what was left out of the table that it gave."""

    said: tuple[Said, ...]
    table: str | None  # the key of the table, None if there is none


@dataclass(frozen=True)
class Edited:
    """A table in the editor: its key there, the table that the edits start from, and the key of what they gave."""

    widget: str
    base: Table
    gave: str


def table_controls(here: Lab) -> None:
    """The upload, the switch that opens the editor, and the way back to the cars."""
    text = here.text
    st.file_uploader(text("fit.upload"), key=UPLOAD, help=text("fit.upload_help"), on_change=_take_upload)
    left, right = st.columns([1, 1], vertical_alignment="center")
    with left:
        st.toggle(text("fit.edit"), key=EDIT, help=text("fit.edit_help"))
    with right:
        st.button(
            text("action.the_cars"),
            key="own-cars",
            icon=":material/directions_car:",
            type="tertiary",
            help=text("action.the_cars_help"),
            disabled=here.current["table"] == CARS,
            on_click=_back_to_the_cars,
        )


def refusal(here: Lab) -> None:
    """Why the last file cannot be used, as long as it stands in the upload."""
    found = _messages()
    if found and found.table is None and st.session_state.get(UPLOAD) is not None:
        said = [each.words(here.text) for each in (*found.said, Said("fit.kept"))]
        st.warning(here.text.together(said), icon=":material/upload_file:")


def remarks(here: Lab) -> None:
    """What was left out of the file that gave the table, or where the cars come from."""
    found, text = _messages(), here.text
    if here.current["table"] == CARS:
        st.caption(text("note.data_source_cars"))
    elif found and found.table == here.current["table"] and found.said:
        st.caption(text.together(each.words(text) for each in found.said))


def editor(here: Lab) -> None:
    """The table as a grid of cells that can be changed, while its switch is on."""
    if not st.session_state.get(EDIT):
        return
    table, text = find(str(here.current["table"])), here.text
    if table.rows > MOST_EDITED:
        st.caption(text("fit.edit_too_long", most=f"{MOST_EDITED:,}"))
        return
    now: Edited | None = st.session_state.get(EDITED)
    gone = now is None or now.widget not in st.session_state  # what is not drawn is forgotten, and its edits with it
    if now is None or gone or now.gave != table.key:  # or another table has come since: upload, undo, reset
        turn = int(now.widget.rpartition("-")[2]) + 1 if now else 0
        now = st.session_state[EDITED] = Edited(f"own-rows-{turn}", table, table.key)
    st.data_editor(
        dict(now.base.columns),
        num_rows="dynamic",
        hide_index=True,
        height=260,
        key=now.widget,
        on_change=_take_edit,
    )


def _messages() -> Messages | None:
    found: Messages | None = st.session_state.get(MESSAGES)
    return found


def _take_upload() -> None:
    file = st.session_state[UPLOAD]
    st.session_state[MESSAGES] = None
    if isinstance(file, DeletedFile):  # many others have come in the same moment
        st.session_state[MESSAGES] = Messages((Said("csv.gone"),), None)
    elif file is not None:
        reading = read_table(lab().text, file.getvalue())
        st.session_state[MESSAGES] = Messages(reading.said, reading.table.key if reading.table else None)
        if reading.table:
            _bring(reading.table, **sensible_columns(reading.table))


def _take_edit() -> None:
    now: Edited = st.session_state[EDITED]
    table = edited(now.base, st.session_state[now.widget])
    if table is None:
        st.toast(lab().text("fit.edited_empty"))
    else:
        st.session_state[EDITED] = Edited(now.widget, now.base, table.key)
        _bring(table)


def _bring(table: Table, **columns: int) -> None:
    """Show a table; a loss made of the last one gets the start and learning rate that suit the new one."""
    keep(table)
    bring(table, **columns, **another_table({**lab().current, "table": table.key, **columns}))


def _back_to_the_cars() -> None:
    first = defaults(lab().table)
    commit_with(another_table, **{key: first[key] for key in ("table", "target", "first", "second")})
