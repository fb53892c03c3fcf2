"""The measure for the browser: the linked view's three charts as one writes them at first, built on every rerun."""

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

STEPS = 30
START = 2.5

alpha = st.slider("α", 0.05, 3.0, 0.3, 0.05, key="alpha")
step = np.arange(STEPS + 1)
theta = START * (1 - alpha) ** step
run = pd.DataFrame({"step": step, "theta": theta, "loss": theta**2 / 2})
line = np.linspace(-3, 3, 161)
curve = pd.DataFrame({"theta": line, "loss": line**2 / 2})
rates = np.round(np.arange(0.05, 3.001, 0.05), 2)
final = pd.DataFrame({"alpha": rates, "loss": np.clip((START * (1 - rates) ** STEPS) ** 2 / 2, 1e-12, 1e5)})

x = alt.X("theta").scale(domain=[-3, 3])
y = alt.Y("loss").scale(domain=[0, 5])
landscape = alt.Chart(curve).mark_line().encode(x, y) + alt.Chart(run).mark_line(point=True, clip=True).encode(
    x, y, order="step"
)
log = alt.Y("loss").scale(type="log", domain=[1e-12, 1e5], clamp=True)
st.altair_chart(alt.Chart(final).mark_line(point=True).encode(x="alpha", y=log))
st.altair_chart(landscape)
st.altair_chart(alt.Chart(run).mark_line(point=True).encode(x="step", y=log))
