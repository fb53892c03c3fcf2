"""For teachers: what the labs assume and leave out, misconceptions, questions to ask, and how to prepare a link."""

import streamlit as st

from views.page import require_frame
from views.state import lab

require_frame()
text = lab().text

st.title(text("page.teach"), anchor=False)
with st.container(key="prose"):
    st.markdown(text("prose.teach"))
