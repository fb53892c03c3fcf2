"""The mathematics of the two labs: no screen, no words, no files but its own small data sets."""
