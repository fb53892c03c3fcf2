"""The app's frame: page settings, language, navigation. The lessons are in `pages`, the mathematics in `gdcore`."""

import streamlit as st

from views import page
from views.doors import close_doors
from views.drawing import settle_memory
from views.settings import PAGES
from views.state import follow_language, open_page
from views.turns import TURNS


@st.fragment(run_every=24 * 3600)
def come_back() -> None:
    """Draw nothing, but make the browser ask for a run when it finds its server again.

    After a break Streamlit's page does so only if it waits for some fragment. Otherwise a page whose server was started
    anew keeps its picture, and every change on it is lost: the new process does not know the page's fragments.
    """


with TURNS:
    close_doors()
    words = follow_language().text
    st.set_page_config(
        page_title=words("app.title"), page_icon=page.ICON, layout="wide", initial_sidebar_state="collapsed"
    )
    pages = {name: st.Page(f"pages/{name}.py", title=words(f"page.{name}"), default=name == "home") for name in PAGES}
    chosen = st.navigation(list(pages.values()), position="top")
    here = open_page(chosen.url_path or "home")
    come_back()
    with page.frame(here):
        chosen.run()
    settle_memory()
