"""The depth lab: why gradients vanish or explode, and what batch normalisation changes."""

from pages.lessons.batch_norm import batch_norm
from pages.lessons.chain import n_layers
from views.page import show

show({"chain": n_layers, "batch_norm": batch_norm})
