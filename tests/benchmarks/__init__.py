"""How fast the app is, as ratios to plain Streamlit measured in the same run."""
