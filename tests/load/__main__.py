"""How a full class fares, as Markdown tables; the aims are in `deploy/README.md`.

    python -m tests.load [--visitors 20] [--seconds 20] [--rounds 3]   a class, against a plain Streamlit app
    python -m tests.load --arrive 100 [--within 10]                    a class that arrives, on a fresh server
    python -m tests.load --soak 15                                     memory and threads over so many minutes
    python -m tests.load --sessions 300                                memory per session, and after they have gone
    python -m tests.load --replicas [--visitors 60]                    one process behind the proxy, then two

Every server is a process of its own, started as README says; this process shares the machine with it.
"""

import argparse
import os
import time

from tests.load.arrival import arrival
from tests.load.beside_plain import beside_plain
from tests.load.classroom import play
from tests.load.memory import many_sessions, soak
from tests.load.replicas import one_and_two


def main() -> None:
    """Print the table that was asked for, or the first two."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--arrive", type=int, default=0)
    parser.add_argument("--within", type=float, default=10.0)
    parser.add_argument("--soak", type=float, default=0.0, metavar="MINUTES")
    parser.add_argument("--sessions", type=int, default=0)
    parser.add_argument("--replicas", action="store_true")
    options = parser.parse_args()
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} processors, load before {os.getloadavg()[0]:.1f}\n")
    if options.soak:
        print(play(soak(options.visitors, 60 * options.soak)))
    elif options.replicas:
        print(play(one_and_two(options.visitors, options.seconds)))
    elif options.sessions:
        print(play(many_sessions(options.sessions)))
    else:
        if not options.arrive:
            print(play(beside_plain(options.visitors, options.seconds, options.rounds)), flush=True)
        print(play(arrival(options.arrive or 100, options.within)))


if __name__ == "__main__":
    main()
