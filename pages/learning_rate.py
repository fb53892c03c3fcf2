"""The learning-rate lab: what the step size does to gradient descent on a convex loss."""

from pages.lessons.bowl import two_directions_at_once
from pages.lessons.data import your_own_data
from pages.lessons.dip import beyond_convex
from pages.lessons.shrink import start_large_then_shrink
from pages.lessons.size import how_big_a_step
from pages.lessons.slope import which_way_is_down
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
