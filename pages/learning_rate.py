"""The learning-rate lab: what the step size does to gradient descent on a convex loss."""

from pages.tabs.bowl import two_directions_at_once
from pages.tabs.data import your_own_data
from pages.tabs.dip import beyond_convex
from pages.tabs.shrink import start_large_then_shrink
from pages.tabs.size import how_big_a_step
from pages.tabs.slope import which_way_is_down
from views.page import show

show(
    {
        "slope": which_way_is_down,
        "size": how_big_a_step,
        "shrink": start_large_then_shrink,
        "bowl": two_directions_at_once,
        "dip": beyond_convex,
        "data": your_own_data,
    }
)
