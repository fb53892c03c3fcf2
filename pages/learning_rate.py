"""The learning-rate lab: what the step size does to gradient descent on a convex loss."""

from pages.lessons.size import how_big_a_step
from pages.lessons.slope import which_way_is_down
from views.page import show

show({"slope": which_way_is_down, "size": how_big_a_step})
