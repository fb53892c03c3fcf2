"""The table of settings, tied to the session and to the URL.

The session holds every page's values; widgets and the URL are mirrors of it. A change comes in by `commit`, which
writes the URL in the same run. So when a run starts with a URL that this session did not write, somebody opened a
link or pressed Back, and the URL wins; a new page without a query of its own keeps what the session knows of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import streamlit as st

from views.problem import OWN
from views.setting import Refusal, Setting, Value, admits, defaults, read, write
from views.settings import FRAME, PAGES
from views.tables import CARS, Table, is_key, keep
from views.text import LANGUAGES, Text, load_text

_SLOT = "lab"
_UNDO_DEPTH = 50
MOST_TABLES = 3  # that a session keeps, for undo
MOST_BYTES = 5_000_000  # of them, if there are several


@dataclass
class Lab:
    """What one visitor has set. Not shared: one per session."""

    language: str
    native: str  # the language of the visitor's browser: what a URL without `lang` means
    page: str = ""
    framed: bool = False  # whether the page runs inside app.py
    frame: dict[str, Value] = field(default_factory=lambda: defaults(FRAME))  # what stands around every page
    values: dict[str, dict[str, Value]] = field(default_factory=dict)
    written: dict[str, str] | None = None
    refusals: list[Refusal] = field(default_factory=list)
    past: list[tuple[str, dict[str, Value]]] = field(default_factory=list)
    answers: dict[str, dict[int, Value]] = field(default_factory=dict)  # that were committed, by lesson and step
    tables: dict[str, Table] = field(default_factory=dict)  # brought by this visitor, by key, the newest last
    guided: frozenset[str] = frozenset()  # what the open step of a lesson takes off the page; never in a link
    stranger: bool = False  # whether the link was made with a table that this visitor did not bring

    @property
    def text(self) -> Text:
        """The words of the visitor's language."""
        return load_text(self.language)

    @property
    def table(self) -> tuple[Setting, ...]:
        """The settings of the open page."""
        return PAGES[self.page]

    @property
    def current(self) -> dict[str, Value]:
        """The values of the open page."""
        return self.values[self.page]

    def query(self) -> dict[str, str]:
        """The query string that leads back to this picture."""
        language = {} if self.language == self.native else {"lang": self.language}
        return language | write(FRAME, self.frame) | write(self.table, self.current)

    @property
    def hidden(self) -> frozenset[str]:
        """The keys of the controls, and the names in HIDEABLE, that are taken off the page."""
        return frozenset(str(self.frame["hide"]).split(",")) | self.guided

    @property
    def presenting(self) -> bool:
        """Whether the page is laid out for a projector: larger, and nothing but the lesson."""
        return self.frame["present"] == "1"


def lab() -> Lab:
    """This session's lab."""
    if _SLOT not in st.session_state:
        native = "zh" if (st.context.locale or "").lower().startswith("zh") else "en"
        st.session_state[_SLOT] = Lab(language=native, native=native)
    found: Lab = st.session_state[_SLOT]
    for table in found.tables.values():
        keep(table)
    return found


def follow_language() -> Lab:
    """Take the language from the URL, if it names one. Before the navigation is drawn: its words depend on it."""
    here = lab()
    named = st.query_params.get_all("lang")
    if len(named) == 1 and named[0] in LANGUAGES:
        here.language = named[0]
    return here


def open_page(page: str) -> Lab:
    """Bring session and URL into step at the start of a full run of `page`."""
    here = lab()
    query = {key: st.query_params.get_all(key) for key in st.query_params}
    arrived = here.page != page
    here.page = page
    # the navigation drops the query: to another page, or to this one, where an open lesson is not to be lost by it
    known = not query and page in here.values and (arrived or bool(here.frame["lesson"]))
    if known:
        here.refusals = []
    elif arrived or query != {key: [value] for key, value in (here.written or {}).items()}:
        if not arrived and here.current:  # a link followed on the page, or Back: that can be taken back too
            here.past = [*here.past[-_UNDO_DEPTH:], (page, dict(here.current))]
        here.stranger = _without_foreign_table(here, query)
        here.values[page], here.refusals = read(here.table, query)
        if query or not arrived:  # who goes to another page by the navigation keeps the frame
            here.frame, refused = read(FRAME, query)
            here.refusals += refused
        if query.get("lang", [here.language]) != [here.language]:
            here.refusals.append(Refusal("lang", " & ".join(query["lang"]), here.language))
    _write_url(here)
    return here


def _without_foreign_table(here: Lab, query: dict[str, list[str]]) -> bool:
    """Take the table of another visitor, and what was chosen from it, out of the query; whether there was one."""
    named = query.get("table", [CARS])
    foreign = len(named) == 1 and is_key(named[0]) and named[0] != CARS and named[0] not in here.tables
    if foreign:
        own = ("start", "alpha") if query.get("loss") == [OWN] else ()
        for key in ("table", "target", "first", "second", *own):
            query.pop(key, None)
    return foreign


def bring(table: Table, **changes: Value) -> None:
    """Take an uploaded or edited table for this session, and show it. For callbacks."""
    here = lab()
    newest = [*(each for each in here.tables.values() if each.key != table.key), table][-MOST_TABLES:]
    while len(newest) > 1 and sum(each.bytes for each in newest) > MOST_BYTES:
        del newest[0]
    here.tables = {each.key: each for each in newest}
    keep(table)
    commit(table=table.key, **changes)


def _write_url(here: Lab) -> None:
    query = here.query()
    if {key: st.query_params.get_all(key) for key in st.query_params} != {key: [value] for key, value in query.items()}:
        st.query_params.from_dict(query)
    here.written = query


def allowed(key: str, value: Value) -> bool:
    """Whether a link may set this value on the open page: then a control may as well."""
    return any(setting.key == key and admits(setting, value) for setting in lab().table)


def commit(**changes: Value) -> None:
    """Set values of the open page and write the URL. For callbacks: it runs before the script does."""
    here = lab()
    before = dict(here.current)
    here.current.update(changes)
    if here.current != before:
        here.past = [*here.past[-_UNDO_DEPTH:], (here.page, before)]
    here.refusals, here.stranger = [], False
    _write_url(here)


def arrange(**changes: Value) -> None:
    """Set values of the frame, which stands around every page, and write the URL. For callbacks."""
    here = lab()
    here.frame.update(changes)
    _write_url(here)


def commit_with(follow_up: Callable[[dict[str, Value]], Mapping[str, Value]], **changes: Value) -> None:
    """Set values, and those that `follow_up` derives from them, as one step."""
    commit(**changes, **follow_up({**lab().current, **changes}))


def undo() -> None:
    """Take the last change of the open page back."""
    here = lab()
    mine = [place for place, (page, _) in enumerate(here.past) if page == here.page]
    while mine:
        _, values = here.past.pop(mine.pop())
        if values.get("table", CARS) in (CARS, *here.tables):  # of many tables the oldest have gone, pictures and all
            here.values[here.page] = values
            break
    _write_url(here)


def reset() -> None:
    """Bring the defaults of the open page back; the open tab stays open."""
    here = lab()
    commit(**{key: value for key, value in defaults(here.table).items() if key != "tab"})


def speak(language: str) -> None:
    """Change the language; nothing else changes."""
    here = lab()
    here.language = language if language in LANGUAGES else here.language
    here.refusals = []
    _write_url(here)
