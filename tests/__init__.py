"""The tests: one folder a kind, names that are sentences."""
