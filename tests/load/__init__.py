"""A class at work, and what becomes of the server: `python -m tests.load` prints the tables."""
