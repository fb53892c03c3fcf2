"""Home: what the two labs are about, each with one real result that links to it."""

import streamlit as st

from views.charts.home_previews import (
    descent_preview,
    descent_preview_frames,
    gradient_preview,
    gradient_preview_frames,
)
from views.drawing import draw
from views.guide import broken_lessons, lesson_links
from views.page import require_frame
from views.state import lab

require_frame()
text = lab().text

st.title(text("home.title"), anchor=False)
st.markdown(text("home.lead"))
previews = {
    "learning_rate": (descent_preview(text), descent_preview_frames()),
    "depth": (gradient_preview(text), gradient_preview_frames()),
}
for column, (name, (chart, frames)) in zip(st.columns(2, gap="medium"), previews.items(), strict=True):
    with column, st.container(border=True, key=f"card-{name}"):
        st.page_link(f"pages/{name}.py", label=f"**{text(f'home.open_{name}')}**", icon=":material/arrow_forward:")
        st.markdown(text(f"home.{name}"))
        draw(chart, frames, key=f"preview-{name}", alt=text(f"home.{name}_alt"))
    with column:
        lesson_links(lab(), name)
broken_lessons(lab())
