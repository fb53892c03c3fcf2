"""Short, self-contained NumPy programs that print the numbers of a figure: one file a lesson.

Each file is a program that runs as it stands, with constants at its top; `script` puts the learner's own values in
their place. A program that descends one of several losses imports it from `losses`; `with_loss` writes it out instead.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

Constant = float | int | str | Sequence[float] | Sequence[str]

_PLACE = Path(__file__).parent
_IMPORTED_LOSS = re.compile(r"^from views\.scripts\.losses\.\w+ import .*\n", re.MULTILINE)
_DOCSTRING = re.compile(r'\A"""(.*?)"""\n', re.DOTALL)
_NUMPY = "import numpy as np\n"


@lru_cache
def _program(name: str) -> str:
    return (_PLACE / f"{name}.py").read_text(encoding="utf-8")


def script(name: str, /, **constants: Constant) -> str:
    """The program `<name>.py` with the values of its top-level constants replaced.

    A constant is a line `name = …` of its own, without indentation.

    Raises:
        ValueError: if the program has no such constant, or has it twice.
    """
    program = _program(name)
    for constant, value in constants.items():
        parts = re.split(rf"^{constant} = .*$", program, flags=re.MULTILINE)
        if len(parts) != 2:
            raise ValueError(f"{name}.py has the constant {constant} {len(parts) - 1} times: it must be there once")
        program = f"{constant} = {_written(value)}".join(parts)
    return program


def with_loss(program: str, loss: str) -> str:
    """The program with the loss (a text that `script` made from a file of `losses`) in place of its import."""
    _, says, code = _DOCSTRING.split(loss)
    return _IMPORTED_LOSS.sub(lambda _: f"# {says}\n{code.replace(_NUMPY, '').strip()}\n\n", program, count=1)


def _written(value: Constant) -> str:
    """The Python literal of a value; a NumPy number is written as a plain one."""
    if isinstance(value, str):
        return repr(value)
    if isinstance(value, int | float):
        return repr(value if isinstance(value, int) else float(value))
    return f"[{', '.join(_written(each) for each in value)}]"
