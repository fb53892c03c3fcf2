"""The depth lab: why gradients vanish or explode, and what batch normalisation changes."""

from pages.tabs.batch_norm import batch_norm
from pages.tabs.chain import n_layers
from pages.tabs.depth_map import the_map
from pages.tabs.start import start_well
from pages.tabs.three import three_layers_lesson
from pages.tabs.train import train
from views.page import show

show(
    {
        "three": three_layers_lesson,
        "chain": n_layers,
        "batch_norm": batch_norm,
        "map": the_map,
        "start": start_well,
        "train": train,
    }
)
