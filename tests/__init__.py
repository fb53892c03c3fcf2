"""The tests: one folder a kind, names that are sentences."""

import gdcore as gdcore  # before numpy, for it says that numpy may use one thread: half the CPU time of small products
