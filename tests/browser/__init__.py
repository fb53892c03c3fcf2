"""A real Chromium against the real app: what Streamlit and Vega do not promise is held here."""
