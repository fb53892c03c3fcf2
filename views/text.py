"""Every word on screen, by key, in two languages.

`words/<language>/` holds labels in TOML files, one a lesson or two, and prose in Markdown files, one a section. A
`Text` is immutable and handed on as an argument, so two visitors never share a language. Placeholders are `@name`,
because `{}` and `$` belong to LaTeX.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from string import Template
from types import MappingProxyType

WORDS = Path(__file__).parent / "words"
LANGUAGES = ("en", "zh")


class _Sentence(Template):
    delimiter = "@"
    idpattern = r"(?a:[a-z][a-z_0-9]*)"


@dataclass(frozen=True)
class Text:
    """The words of one language."""

    language: str
    words: Mapping[str, str] = field(compare=False, repr=False)

    def __call__(self, key: str, /, **values: object) -> str:
        """The word or sentence under `key`, with its placeholders filled.

        Raises KeyError where the catalogue lacks the key, or the call lacks a placeholder's value.
        """
        if key not in self.words:
            raise KeyError(f"No words under {key!r} in {self.language}: add them to views/words/{self.language}/.")
        return _Sentence(self.words[key]).substitute(values).strip()

    def template(self, key: str) -> str:
        """The sentence under `key` with its placeholders still in it, for a chart to fill in the browser."""
        return self.words[key].strip()

    def __contains__(self, key: str) -> bool:
        """Whether the catalogue has words under `key`."""
        return key in self.words

    def together(self, sentences: Iterable[str]) -> str:
        """Sentences as one paragraph: Chinese puts no space between them."""
        return ("" if self.language == "zh" else " ").join(sentences)

    def listed(self, names: Iterable[str]) -> str:
        """Names one after the other, with the comma of the language."""
        return ("、" if self.language == "zh" else ", ").join(names)

    def under(self, prefix: str) -> dict[str, str]:
        """All words whose key starts with `prefix` and a dot, by the rest of their key."""
        start = prefix + "."
        return {key.removeprefix(start): words for key, words in self.words.items() if key.startswith(start)}


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, entry in table.items():
        if isinstance(entry, dict):
            yield from _flat(entry, f"{prefix}{name}.")
        else:
            yield prefix + name, str(entry)


@lru_cache(maxsize=len(LANGUAGES))
def load_text(language: str) -> Text:
    """The catalogue of `language`, one of LANGUAGES; prose stands under `prose.<name>`."""
    if language not in LANGUAGES:
        raise ValueError(f"There are no words in {language!r}: choose one of {', '.join(LANGUAGES)}.")
    words: dict[str, str] = {}
    for file in sorted((WORDS / language).iterdir()):
        written = file.read_text(encoding="utf-8")
        found = {f"prose.{file.stem}": written} if file.suffix == ".md" else dict(_flat(tomllib.loads(written)))
        if twice := words.keys() & found.keys():
            raise ValueError(f"{file.name} has words that another file has too: {', '.join(sorted(twice))}.")
        words |= found
    return Text(language, MappingProxyType(words))


def verbatim(written: str, most: int = 40) -> str:
    """What a stranger wrote, as Markdown that shows it as it stands: a piece of code.

    Nothing inside is taken for Markdown, LaTeX, HTML, an emoji or a colour, and escapes would not see to that: some of
    these are looked for after Markdown has been read. Signs that cannot be seen go, and so does a long end.
    """
    shown = " ".join("".join(sign if sign.isprintable() else " " for sign in written[: 4 * most]).split()) or "–"
    shown = shown if len(shown) <= most else shown[: most - 1] + "…"
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    room = " " if shown[0] == "`" or shown[-1] == "`" else ""
    return f"{fence}{room}{shown}{room}{fence}"
