"""What the layers of a chart have in common stands once, in a layer around them.

A chart is written down layer by layer, each with its axes, legends and colours; all of it would be sent again with
every change. Vega-Lite gives a layer whatever the layers around it say and it does not say itself: data, transforms,
and encodings property by property. So nothing in the picture changes.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

Node = dict[str, Any]

_INHERITED = ("data", "transform", "encoding")
_LEAST = 16  # characters that a further level must save


def shared(node: Any) -> Any:
    """The spec with every layer's common parts gathered in as few characters as a greedy search finds."""
    if isinstance(node, list):
        return [shared(each) for each in node]
    if not isinstance(node, dict):
        return node
    if "layer" not in node:
        return {key: shared(value) for key, value in node.items()}
    flat = spread(node)
    return {**flat, **_gathered(flat["layer"])}


def spread(node: Node, above: Node | None = None) -> Node:
    """The layered node with everything said in its innermost layers, and all of them side by side where they may be."""
    own = _inherited(above or {}, node)
    if "layer" not in node:
        return {**node, **own}
    layers: list[Node] = []
    for each in (spread(child, own) for child in node["layer"]):
        layers += each["layer"] if each.keys() == {"layer"} else [each]
    return {**{key: value for key, value in node.items() if key not in _INHERITED}, "layer": layers}


def _inherited(above: Node, node: Node) -> Node:
    """What a node says, together with what is said above it."""
    found = {**above, **{key: node[key] for key in _INHERITED if key in node}}
    before = [] if "data" in node else above.get("transform", [])  # other data are not transformed as those above
    found["transform"] = [*before, *node.get("transform", [])]
    outer, inner = above.get("encoding", {}), node.get("encoding", {})
    found["encoding"] = {**outer, **{name: _merged(outer.get(name), channel) for name, channel in inner.items()}}
    return {key: value for key, value in found.items() if value}


def _merged(outer: Any, inner: Any) -> Any:
    return {**outer, **inner} if _named(inner) and isinstance(outer, dict) else inner


def _named(channel: Any) -> bool:
    """Whether a channel names what it shows: only then it takes over what is said of it above."""
    return isinstance(channel, dict) and ("field" in channel or "datum" in channel)


def _of_data(channel: Any) -> bool:
    """Whether a channel shows data, here or in the layers below, and not one value or several columns."""
    return isinstance(channel, dict) and (_named(channel) or not channel.keys() & {"value", "condition"})


def _gathered(layers: Sequence[Node], said: frozenset[str] = frozenset()) -> Node:
    """A layer around these that says what all have in common, with further ones around those that have more.

    `said` are the channels of which the layers above have said something.
    """
    around = _lifted(layers, said)
    layers, said = around["layer"], said | around.get("encoding", {}).keys()
    while len(layers) > 2:
        runs = [(i, j) for i in range(len(layers)) for j in range(i + 2, len(layers) + 1) if j - i < len(layers)]
        saved, i, j = max((_saved(layers[i:j], said), i, j) for i, j in runs)
        if saved < _LEAST:
            break
        layers = [*layers[:i], _gathered(layers[i:j], said), *layers[j:]]
    return {**around, "layer": layers}


def _saved(layers: Sequence[Node], said: frozenset[str]) -> int:
    return sum(_size(each) + 2 for each in layers) - _size(_lifted(layers, said)) - 2


def _size(node: Any) -> int:
    return len(json.dumps(node))


def _lifted(layers: Sequence[Node], said: frozenset[str]) -> Node:
    """A layer around these, with whatever they have in common."""
    layers = [dict(each) for each in layers]
    around: Node = {}
    encodings = [dict(each.get("encoding", {})) for each in layers]
    for name in [name for name in encodings[0] if all(name in each for each in encodings)]:
        above, left = _channel([each[name] for each in encodings])
        # a layer of layers that names no column hands on only what it says itself
        if above is None or (name in said and _of_data(above) and not _named(above)):
            continue
        around.setdefault("encoding", {})[name] = above
        for encoding, own in zip(encodings, left, strict=True):
            del encoding[name]
            if own is not None:
                encoding[name] = own
    for layer, encoding in zip(layers, encodings, strict=True):
        layer.pop("encoding", None)
        if encoding:
            layer["encoding"] = encoding
    if _same(each.get("data") for each in layers):
        around |= _lifted_data(layers)
    return {**around, "layer": layers}


def _lifted_data(layers: Sequence[Node]) -> Node:
    """The data of the layers and the first of their transforms, taken out of them."""
    around = {"data": layers[0]["data"]} if "data" in layers[0] else {}
    transforms = [each.get("transform", []) for each in layers]
    many = 0
    while all(len(each) > many for each in transforms) and _same(each[many] for each in transforms):
        many += 1
    if many:
        around["transform"] = transforms[0][:many]
    for layer, transform in zip(layers, transforms, strict=True):
        layer.pop("data", None)
        layer.pop("transform", None)
        if transform[many:]:
            layer["transform"] = transform[many:]
    return around


def _same(values: Iterable[Any]) -> bool:
    first, *others = values
    return all(each == first for each in others)


def _channel(channels: Sequence[Any]) -> tuple[Any, list[Any]]:
    """What can be said of a channel above the layers, None if nothing, and what is left to say in each of them."""
    known = [each for each in channels if _of_data(each)]
    if not known:
        above = _most(channels)
        return above, [None if each == above else each for each in channels]
    names = [name for name in known[0] if name != "value" and all(name in each for each in known)]
    above = {name: _most([each[name] for each in known]) for name in names}
    left = [_left(each, above) if _of_data(each) else each for each in channels]
    # a layer of layers that names no column must take over all or nothing
    whole = all(own is None or _named(own) or not _of_data(own) for own in left)
    return (above, left) if above and whole else (None, [])


def _left(channel: Node, above: Node) -> Node | None:
    own = {name: value for name, value in channel.items() if name not in above or above[name] != value}
    column: Node = {name: channel[name] for name in ("field", "datum") if name in channel}
    return {**own, **column} if own else None


def _most(values: Sequence[Any]) -> Any:
    """The value that is said most often."""
    said = Counter(json.dumps(each, sort_keys=True) for each in values)
    return json.loads(said.most_common(1)[0][0])
