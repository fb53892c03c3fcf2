"""Full runs of a page take turns, so that a class that arrives at once is served one after the other.

Streamlit gives every visitor a thread. A hundred of them would share one interpreter in slices of milliseconds: all
would be done at the very end, and the thread that talks to the browsers would hardly be heard between them. A change
on a page that is open runs a fragment only, and waits for nobody.
"""

from threading import BoundedSemaphore

TURNS = BoundedSemaphore(2)
