"""A figure for the projector: the same spec with larger type, marks and heights."""

from typing import Any

from views.charts.room import Spec

LARGER = 1.3
_SIZES = {
    "fontSize",
    "labelFontSize",
    "titleFontSize",
    "subtitleFontSize",
    "strokeWidth",
    "symbolSize",
    "size",
    "limit",
}
_SIZES |= {"dx", "dy", "labelLimit", "titleLimit", "minExtent", "maxExtent", "symbolStrokeWidth"}
_TYPE = {"axis": 12, "legend": 13, "title": 15}  # px where a spec names no size of its own


def enlarged(spec: Spec) -> Spec:
    """The spec for the last row of a lecture hall; data sets are left alone."""
    larger: Spec = {key: _enlarged(part) for key, part in spec.items() if key != "datasets"}
    larger["params"] = [_taller(each) for each in larger["params"]]
    config = larger["config"]
    for part in ("axisX", "axisY", "legend"):
        size = _TYPE["legend" if part == "legend" else "axis"] * LARGER
        config = {**config, part: {"labelFontSize": size, "titleFontSize": size, **config.get(part, {})}}
    return {**larger, "config": config, **({"datasets": spec["datasets"]} if "datasets" in spec else {})}


def _enlarged(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _larger(each) if key in _SIZES else _enlarged(each) for key, each in part.items()}
    return [_enlarged(each) for each in part] if isinstance(part, list) else part


def _larger(size: Any) -> Any:
    """A number becomes larger; what follows the data stays as it is."""
    plain = isinstance(size, int | float) and not isinstance(size, bool)
    return size * LARGER if plain else _enlarged(size)


def _taller(parameter: Spec) -> Spec:
    if not parameter.get("name", "").endswith("_height") or "on" not in parameter:
        return parameter
    handlers = [{**each, "update": f"{LARGER - 0.1:g} * ({each['update']})"} for each in parameter["on"]]
    return {**parameter, "on": handlers}
