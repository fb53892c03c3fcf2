"""No visitor fills the memory: caches have bounds, what they may hold is counted, and a busy session does not grow."""

import ast
import gc
import importlib
import types
from collections.abc import Iterator, Mapping
from functools import _lru_cache_wrapper
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest

from tests.load.process import running
from tests.pages.test_a_visit import lab_of
from tests.pages.test_every_page import _fresh_process, healthy, opened  # noqa: F401
from tests.streamlit_client import ROOT, Client
from views import drawing, state, tables
from views.bowls import chosen_bowl
from views.charts.data_set import DataSet
from views.csv_table import MOST_CELLS, MOST_ROWS
from views.fit import chosen_fit, sensible_columns
from views.problem import own_loss
from views.schedule_race import chosen_race, chosen_samples
from views.setting import defaults
from views.settings import PAGES
from views.text import LANGUAGES, load_text

FILES = [
    ROOT / "app.py",
    *(path for part in ("pages", "views", "gdcore") for path in sorted((ROOT / part).rglob("*.py"))),
]
MOST_IN_CACHES = 150_000_000  # bytes, if every cache were full of the largest that was found
MOST_OF_UPLOADS = 40_000_000  # bytes that tables of seventy megabytes leave in caches, the shelf apart
MOST_ENTRIES = 20_000  # of a cache of numbers; the others are weighed
UNBOUNDED = {"cache", "cache_data"}
KEPT_SMALL = {  # made at the start of a module: what sees to it that it stays small
    ("arrow_stream.py", "_sent"): "weak: an entry goes with its data set",
}


def decorators(path: Path) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                yield node.name, decorator


def cached() -> Iterator[tuple[Path, str, ast.expr]]:
    for path in FILES:
        for name, decorator in decorators(path):
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if ast.unparse(called).rpartition(".")[2] == "lru_cache":
                yield path, name, decorator


def caches() -> dict[str, _lru_cache_wrapper]:
    """Every cache of the app by module and name."""
    found = {}
    for path, name, _ in cached():
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found[f"{module}.{name}"] = getattr(importlib.import_module(module), name)
    return found


def test_every_cache_has_a_bound() -> None:
    found = caches()
    assert len(found) > 30
    for name, cache in found.items():
        assert isinstance(cache, _lru_cache_wrapper), f"{name} is inside of something"
        assert cache.cache_info().maxsize is not None, name
        assert cache.cache_info().maxsize <= MOST_ENTRIES, name


def test_no_file_keeps_more_and_more_by_other_means() -> None:
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            called = node.func if isinstance(node, ast.Call) else node
            if isinstance(called, ast.Name | ast.Attribute):
                word = called.id if isinstance(called, ast.Name) else called.attr
                assert word not in UNBOUNDED, f"{path}: {word} has no bound"
                assert word != "cache_resource" or path.name == "drawing.py", (
                    f"{path}: only the one entry None is known"
                )
        assert {(path.name, name) for name in changed_globals(tree)} <= KEPT_SMALL.keys()


def changed_globals(tree: ast.Module) -> Iterator[str]:
    """Names of the module that a function of it writes into: `name[…] = …`, `name.append(…)`, `global name`."""
    own = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    writers = {"append", "add", "update", "setdefault", "extend", "insert", "__setitem__"}
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for node in ast.walk(function):
            if isinstance(node, ast.Global):
                yield from node.names
            target = None
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
                target = node.value
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writers:
                target = node.func.value
            if isinstance(target, ast.Name) and target.id in own - local_names(function):
                yield target.id


def local_names(function: ast.FunctionDef) -> set[str]:
    return {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def weight(thing: object, seen: set[int]) -> int:
    """Bytes of a thing with all that it alone leads to; what stands in modules and the catalogue does not count."""
    if id(thing) in seen or isinstance(thing, type | types.ModuleType | types.CodeType | types.BuiltinFunctionType):
        return 0
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        return weight(thing.base, seen) if thing.base is not None else thing.nbytes + 112
    own = thing.__sizeof__()
    if isinstance(thing, types.FunctionType):
        return own + sum(weight(cell, seen) for cell in thing.__closure__ or ())
    if isinstance(thing, DataSet):
        own += len(drawing.arrow(thing))
    return own + sum(weight(each, seen) for each in gc.get_referents(thing))


def entries(cache: _lru_cache_wrapper) -> list[object]:
    """What a cache holds: its keys and results, one after the other."""
    own = (cache.__wrapped__, cache.__dict__)
    return [each for each in gc.get_referents(cache) if not any(each is one for one in own) and not is_index(each)]


def is_index(thing: object) -> bool:
    """Whether this is the dict by which a cache finds its entries, all of which are told anyway."""
    return isinstance(thing, dict) and any("lru_list_elem" in type(each).__name__ for each in thing.values())


def catalogue() -> set[int]:
    seen: set[int] = set()
    for language in LANGUAGES:
        weight(load_text(language), seen)
    return seen


def largest_if_full(found: Mapping[str, _lru_cache_wrapper]) -> dict[str, int]:
    """For each cache, the heaviest thing that it holds times as many entries as it may hold."""
    shared = catalogue()
    return {
        name: cache.cache_info().maxsize * max((weight(each, set(shared)) for each in entries(cache)), default=0)
        for name, cache in found.items()
    }


LARGEST = {
    "depth": {
        "depth": "200", "width": "256", "batch": "256", "activation": "tanh", "bias_scale": "1", "seeds": "50",
        "beside": "rivals", "weights": "gaussian", "seed": "77", "epochs": "50",
    },
    "learning_rate": {
        "steps": "100", "updates": "1000", "runs": "50", "batch": "512", "rolls": "100", "dip_steps": "100",
        "fit_steps": "100", "compare": "three", "seed": "77",
    },
}  # fmt: skip


@pytest.mark.long
def test_all_caches_together_would_stay_small_if_they_were_full_of_the_largest() -> None:
    for page, query in LARGEST.items():
        tabs = [{"tab": tab} for tab in next(each for each in PAGES[page] if each.key == "tab").options]
        looks = [{"tab": "batch_norm", "look": look} for look in ("layers", "unit", "readings", "growth")]
        for each in (*tabs, *(looks if page == "depth" else ())):
            healthy(opened(page, **query, **each))
    found = largest_if_full(caches())
    unmet = {name for name, weighs in found.items() if not weighs}
    assert not unmet, "nothing was kept here: open a page that does"
    assert sum(found.values()) < MOST_IN_CACHES, sorted(found.items(), key=lambda each: -each[1])[:5]


def largest_table(seed: int) -> tables.Table:
    """As many rows and columns as a file of a megabyte holds."""
    rng = np.random.default_rng(seed)
    return tables.make_table({f"c{place}": rng.integers(0, 10, MOST_ROWS) for place in range(MOST_CELLS // MOST_ROWS)})


def test_tables_of_seventy_megabytes_leave_few_of_them_in_the_memory() -> None:
    values = defaults(PAGES["learning_rate"]) | {"loss": "data", "samples": "data", "bowl": "data", "batch": 512}
    before = sum(largest_if_full(fed := caches_of_tables()).values())
    for seed in range(18):
        table = largest_table(seed)
        tables.keep(table)
        chosen = values | {"table": table.key} | sensible_columns(table)
        chosen_fit(chosen), own_loss(chosen), chosen_bowl(chosen)
        chosen_race(chosen | {"updates": 20}, chosen_samples(chosen))
    shelf = tables._shelf
    assert sum(each.bytes for each in shelf.tables.values()) == shelf.bytes <= 64_000_000
    assert len(shelf.tables) < 18
    assert sum(largest_if_full(fed).values()) - before < MOST_OF_UPLOADS


def caches_of_tables() -> dict[str, _lru_cache_wrapper]:
    return {
        name: cache
        for name, cache in caches().items()
        if name in ("views.fit._fit", "views.bowls._data_bowl", "views.problem._own_loss", "views.schedule_race._race")
    }


def test_a_session_keeps_one_large_table_or_a_few_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("learning_rate", lang="en", tab="data")
    here = lab_of(app)
    monkeypatch.setattr(state, "lab", lambda: here)
    monkeypatch.setattr(state, "commit", lambda **_: None)
    for seed in range(3):
        state.bring(largest_table(seed))
    assert [each.key for each in here.tables.values()] == [largest_table(2).key]
    for place in range(5):
        state.bring(tables.make_table({"x": [1.0, 2.0], "y": [3.0, float(place)]}))
    assert len(here.tables) == state.MOST_TABLES


@pytest.mark.parametrize(("undo", "times"), [(5, 20), pytest.param(50, 300, marks=pytest.mark.long)])
def test_a_session_that_changes_a_control_again_and_again_does_not_grow(
    undo: int, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "_UNDO_DEPTH", undo)
    app = opened("depth", lang="en", tab="three")

    def change(times: int) -> tuple[set[str], int]:
        for turn in range(times):
            app.slider(key="depth-w1-").set_value(round(0.1 + turn % 19 / 10, 1)).run()
        return set(app._session_state._state.filtered_state), weight(lab_of(app), catalogue())

    change(undo + 5)
    keys, weighs = change(1)
    later, then = change(times)
    assert later == keys
    assert then <= weighs * 1.1
    assert len(lab_of(app).past) <= undo + 1


@pytest.mark.long
def test_links_to_hundreds_of_large_settings_leave_the_server_below_four_hundred_megabytes() -> None:
    with running(ROOT / "app.py") as (address, process):
        for page, tab, count in (
            ("depth", "batch_norm", 70),
            ("learning_rate", "shrink", 40),
            ("learning_rate", "dip", 90),
        ):
            for turn in range(count):
                own = {"seed": str(turn), "look": "unit", "depth": "100", "dip_start": f"{turn / 30:.2f}"}
                known = {each.key for each in PAGES[page]}
                query = {key: value for key, value in (LARGEST[page] | own).items() if key in known}
                with Client(address, page=page, query=urlencode({"tab": tab, **query})) as visitor:
                    visitor.open()
        assert process.megabytes < 400
