"""A learner's program, run as a learner runs it: the table that it prints."""

import io
import subprocess
import sys

import pandas as pd


def printed_by(program: str) -> pd.DataFrame:
    """The CSV that the program prints, run in an empty folder by a Python that knows nothing of this project."""
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, timeout=120, cwd="/")
    assert done.returncode == 0, f"{done.stderr}\n{program}"
    assert not done.stderr, done.stderr
    return pd.read_csv(io.StringIO(done.stdout))
