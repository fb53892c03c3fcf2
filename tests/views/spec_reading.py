"""What a Vega-Lite spec asks of its data sets: which ones, and which of their columns."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Node = Mapping[str, Any]
_DATA = re.compile(r"data\('(\w+)'\)")
_CELL = re.compile(r"data\('(\w+)'\)\[(?:[^\[\]]|\[[^\]]*\])*\]\.(\w+)")
_CELL_OF_EITHER = re.compile(r"\)\.(\w+)")
_ROW = re.compile(r"data\('\w+'\)\[(?:[^\[\]]|\[[^\]]*\])*\]\)?(?: : [^:]*)?$")
_INDEX = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]")
_OF_ROW = re.compile(r"(hovered < 0 \? )?\b(\w+)\.(\w+)")  # while nothing is hovered: of the first of two data sets
_DATUM = re.compile(r"datum\.(\w+)")
_ONE_VALUE = re.compile(r"datum\.(\w+) == ")
_PARTS = ("layer", "concat", "vconcat", "hconcat")


@dataclass(frozen=True)
class Mark:
    """One mark of a chart: its view's name, its data set, the columns it must have, and those computed on the way."""

    name: str
    data: str
    columns: frozenset[str]
    made: frozenset[str]


def strings(node: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Every string of a spec with the key that it stands under."""
    if isinstance(node, str):
        yield key, node
    elif isinstance(node, Mapping):
        for name, value in node.items():
            yield from strings(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value, key)


def nodes(node: object) -> Iterator[Node]:
    """Every object of a spec, the outermost first."""
    if isinstance(node, Mapping):
        yield node
    for child in node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ():
        yield from nodes(child)


def marks(node: Node, data: str = "", encoding: Node | None = None, transforms: tuple[Any, ...] = ()) -> Iterator[Mark]:
    """The marks of a spec; each inherits data, encodings and transforms from the views around it."""
    data = node.get("data", {}).get("name", data)
    encoding = {**(encoding or {}), **node.get("encoding", {})}
    transforms = (*transforms, *node.get("transform", []))
    if "mark" not in node:
        for part in _PARTS:
            for child in node.get(part, []):
                yield from marks(child, data, encoding, transforms)
        return
    used = {value for key, value in strings(encoding) if key == "field"}
    read = strings({"encoding": encoding, "mark": node["mark"], "transforms": list(transforms)})
    used |= {field for key, text in read if key != "labelExpr" for field in _DATUM.findall(text)}
    made = {name for transform in transforms for name in _made(transform)}
    yield Mark(node.get("name", ""), data, frozenset(used - made), frozenset(made))


def _made(transform: Node) -> list[str]:
    """The columns that a transform makes or makes anew."""
    names = [part["as"] for part in (transform, *transform.get("window", [])) if "as" in part]
    names += transform.get("flatten", [])
    return [name for each in names for name in ([each] if isinstance(each, str) else each)]


def joined(spec: Node) -> Iterator[tuple[str, str]]:
    """Data set and key column of every lookup: the rows that a mark takes from another data set than its own."""
    for node in nodes(spec):
        if "lookup" in node:
            yield node["from"]["data"]["name"], node["from"]["key"]


def kept(spec: Node) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Data set and columns of every key by which marks stay the same ones when their data change.

    The columns are the key's own, and those of which a filter takes one value: they say which rows are drawn together.
    """
    for node in nodes(spread_out(spec)):
        if "mark" in node and (field := node.get("encoding", {}).get("key", {}).get("field")):
            transforms = node.get("transform", [])
            alike = [name for each in transforms for name in _ONE_VALUE.findall(str(each.get("filter", "")))]
            if field not in {name for transform in transforms for name in _made(transform)}:
                yield node["data"]["name"], (field, *alike)


def spread_out(node: Any, above: Node | None = None) -> Any:
    """The spec with all that Vega-Lite hands down to a mark said at the mark, and the marks of a view side by side."""
    if isinstance(node, list):
        return [spread_out(each) for each in node]
    if not isinstance(node, Mapping):
        return node
    if "layer" not in node and "mark" not in node:
        return {name: spread_out(each) for name, each in node.items()}
    outer = above or {}
    transform = ([] if "data" in node else outer.get("transform", [])) + node.get("transform", [])
    encoding = {**outer.get("encoding", {})}
    for name, channel in node.get("encoding", {}).items():
        shows = isinstance(channel, Mapping) and ("field" in channel or "datum" in channel)
        before = encoding.get(name)
        encoding[name] = {**before, **channel} if shows and isinstance(before, Mapping) else channel
    own = {"data": node.get("data", outer.get("data")), "transform": transform, "encoding": encoding}
    own = {name: each for name, each in own.items() if each}
    if "mark" in node:
        return {**node, **own}
    below = [spread_out(child, own) for child in node["layer"]]
    layers = [mark for each in below for mark in (each["layer"] if each.keys() == {"layer"} else [each])]
    apart = ("data", "transform", "encoding")
    return {**{name: each for name, each in node.items() if name not in apart}, "layer": layers}


def selected(spec: Node) -> Iterator[tuple[str, str]]:
    """Data set and column of everything that a selection picks out."""
    home = {mark.name: mark for mark in marks(spec)}
    for node in nodes(spec):
        for mark in (home[name] for name in node.get("views", []) if "select" in node):
            yield from ((mark.data, field) for field in node["select"]["fields"] if field not in mark.made)


def looked_up(spec: Node) -> Iterator[tuple[str, str]]:
    """Data set and column of every cell that an expression reads."""
    rows = dict(_rows(spec))
    for _, text in strings(spec):
        yield from _CELL.findall(text)
        for alone, name, field in _OF_ROW.findall(text):
            yield from ((data, field) for data in rows.get(name, ())[: 1 if alone else None])
        for field in _CELL_OF_EITHER.findall(text):
            yield from ((data, field) for data in _DATA.findall(text))


def _rows(spec: Node) -> Iterator[tuple[str, list[str]]]:
    """Parameters that hold a row of a data set, or of one of several."""
    for parameter in spec.get("params", []):
        expression = parameter.get("expr", "")
        if _ROW.search(expression):
            yield parameter["name"], _DATA.findall(_INDEX.sub("", expression.split(" ? ", 1)[-1]))


def data_sets(spec: Node) -> set[str]:
    """The names of all data sets that a spec uses; Vega's own stores of selections are none."""
    read = {name for _, text in strings(spec) for name in _DATA.findall(text) if not name.endswith("_store")}
    return {mark.data for mark in marks(spec)} | {data for data, _ in joined(spec)} | read
