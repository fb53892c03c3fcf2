"""Tests; what several folders share stands here."""

import gdcore as gdcore  # before numpy, for it says how many threads numpy may use
