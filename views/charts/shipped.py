"""Charts that need not be built: `python -m views.charts.build` has built them, and they are shipped beside this file.

Altair takes a quarter of a minute for the charts of one language; a server that is started in front of a class would
build while all wait. A shipped chart is taken only if it was made of these very sources, otherwise it is built anew.
"""

import gzip
import hashlib
import importlib.metadata
import inspect
import json
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from threading import Lock
from typing import Any

from views.charts.room import Spec
from views.text import LANGUAGES, WORDS, Text, load_text

FOLDER = Path(__file__).parent
Build = Callable[..., Spec]


def file_of(language: str) -> Path:
    """Where the charts of a language are shipped."""
    return FOLDER / f"shipped_{language}.json.gz"


def sources(language: str) -> str:
    """A digest of what the charts of a language are made of: this folder, the words, and Altair."""
    digest = hashlib.sha256(importlib.metadata.version("altair").encode())
    for file in sorted([*FOLDER.glob("*.py"), *(WORDS / language).glob("*.toml")]):
        if file.stem not in ("shipped", "build"):  # how they are kept, not what they are
            digest.update(file.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=len(LANGUAGES))
def shipped(language: str) -> dict[str, str]:
    """The shipped charts of a language by their calls, as JSON; none if their sources have changed since."""
    try:
        content = json.loads(gzip.decompress(file_of(language).read_bytes()))
    except (OSError, ValueError):
        return {}
    charts: dict[str, str] = content["charts"] if content["sources"] == sources(language) else {}
    return charts


def call(build: Build, *options: Any, **named: Any) -> str:
    """How a chart is called by, with all its options but the words: `start(shown='alone')`."""
    bound = inspect.signature(build).bind(None, *options, **named)
    bound.apply_defaults()
    _, *arguments = bound.arguments.items()
    return f"{build.__name__}({', '.join(f'{name}={value!r}' for name, value in arguments)})"


def once(build: Build) -> Build:
    """The chart of a language and its options, at most once per process: as shipped, or built while others wait."""
    charts: dict[tuple[Any, ...], Spec] = {}
    lock = Lock()

    @wraps(build)
    def chart(text: Text, *options: Any, **named: Any) -> Spec:
        key = (text, options, *named.items())
        if key not in charts:
            with lock:
                if key not in charts:
                    charts[key] = _found(build, text, *options, **named) or build(text, *options, **named)
        return charts[key]

    return chart


def _found(build: Build, text: Text, *options: Any, **named: Any) -> Spec | None:
    if text.language not in LANGUAGES or text is not load_text(text.language):  # other words than the catalogue's
        return None
    found = shipped(text.language).get(call(build, *options, **named))
    spec: Spec | None = json.loads(found) if found else None
    return spec
