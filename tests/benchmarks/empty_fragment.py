"""The measure: a plain Streamlit app with nothing in it but a fragment with one slider."""

import streamlit as st


@st.fragment
def empty() -> None:
    st.slider("x", 0.0, 1.0, key="x")


empty()
