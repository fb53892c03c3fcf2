"""The app's frame: page settings, language, navigation. The lessons are in `pages`, the mathematics in `gdcore`."""

import streamlit as st

from views import page
from views.drawing import settle_memory
from views.settings import PAGES
from views.state import follow_language, open_page

words = follow_language().text
st.set_page_config(page_title=words("app.title"), page_icon=page.ICON, layout="wide", initial_sidebar_state="collapsed")
pages = {name: st.Page(f"pages/{name}.py", title=words(f"page.{name}"), default=name == "home") for name in PAGES}
chosen = st.navigation(list(pages.values()), position="top")
here = open_page(chosen.url_path or "home")
with page.frame(here):
    chosen.run()
settle_memory()
