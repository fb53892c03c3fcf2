"""The depth lab: why gradients vanish or explode, and what batch normalisation changes."""

from pages.lessons.batch_norm import batch_norm
from pages.lessons.chain import n_layers
from pages.lessons.depth_map import the_map
from pages.lessons.start import start_well
from pages.lessons.three import three_layers_lesson
from pages.lessons.train import train
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
