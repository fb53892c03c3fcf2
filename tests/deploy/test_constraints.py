"""`deploy/constraints.txt` names every distribution that the app and its tests stand on."""

import re
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.streamlit_client import ROOT

LOCK = ROOT / "deploy" / "constraints.txt"


def pinned() -> dict[str, Requirement]:
    lines = (line for line in LOCK.read_text().splitlines() if line and not line.startswith(("#", " ")))
    return {canonicalize_name(each.name): each for each in map(Requirement, lines)}


def asked_for(name: str) -> list[Requirement]:
    """What a requirements file itself asks for."""
    lines = (ROOT / name).read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith(("-", "#"))]


def pulled_in(roots: list[Requirement]) -> set[str]:
    """The installed distributions that these need, themselves included."""
    found: set[tuple[str, str]] = set()
    todo = [(canonicalize_name(root.name), extra) for root in roots for extra in ("", *root.extras)]
    while todo:
        name, extra = todo.pop()
        if (name, extra) in found:
            continue
        found.add((name, extra))
        for line in distribution(name).requires or []:
            need = Requirement(line)
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                todo += [(canonicalize_name(need.name), more) for more in ("", *need.extras)]
    return {name for name, _ in found}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_distribution_that_is_pulled_in_is_pinned_in_the_version_that_is_installed(name: str) -> None:
    try:
        installed = {each: distribution(each).version for each in pulled_in(asked_for(name))}
    except PackageNotFoundError as missing:
        pytest.fail(f"{missing} is not installed: run `make check`")
    assert len(installed) > len(asked_for(name))
    locked = pinned()
    wrong = {
        each: version
        for each, version in installed.items()
        if str(getattr(locked.get(each), "specifier", "")) != f"=={version}"
    }
    assert wrong == {}, "run `make lock`"


def test_every_pin_is_exact() -> None:
    assert [str(each) for each in pinned().values() if not re.fullmatch(r"==[\w.]+", str(each.specifier))] == []


def test_what_a_requirements_file_pins_the_lock_pins_too() -> None:
    locked = pinned()
    for each in asked_for("requirements.txt") + asked_for("requirements-dev.txt"):
        assert locked[canonicalize_name(each.name)].specifier == each.specifier, "run `make lock`"
