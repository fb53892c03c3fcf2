"""The house stands as drawn: imports point one way, and every file has a subject of readable size."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "gdcore": {"gdcore", "numpy"},
    "views": {"views", "gdcore", "altair", "pandas", "numpy", "pyarrow", "segno", "streamlit"},
    "pages": {"pages", "views", "gdcore", "streamlit"},
    "app.py": {"views", "streamlit"},
}
GUIDE = {"guide", "guide_moves", "guide_paper"}
KNOWS_STREAMLIT = GUIDE | {"header", "share", "controls", "doors", "drawing", "figure_notes", "page", "state"}
STANDARD = set(__import__("sys").stdlib_module_names)


def _files(part: str) -> list[Path]:
    place = ROOT / part
    return [place] if place.is_file() else sorted(place.rglob("*.py"))


def _imported(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            modules.add(str(node.module))
    return modules


CASES = [(part, path) for part in MAY_IMPORT for path in _files(part)]


@pytest.mark.parametrize(("part", "path"), CASES, ids=[str(path.relative_to(ROOT)) for _, path in CASES])
def test_imports_point_one_way(part: str, path: Path) -> None:
    tops = {module.split(".")[0] for module in _imported(path)}
    assert tops - STANDARD <= MAY_IMPORT[part]


@pytest.mark.parametrize("path", _files("views"), ids=lambda path: path.name)
def test_of_the_views_only_the_controls_the_page_and_the_drawing_know_streamlit(path: Path) -> None:
    knows = any(module.split(".")[0] == "streamlit" for module in _imported(path))
    assert not knows or path.stem in KNOWS_STREAMLIT


@pytest.mark.parametrize("path", [path for _, path in CASES], ids=lambda path: path.name)
def test_no_file_holds_more_than_one_chapter(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 250


def test_no_file_is_named_after_nothing() -> None:
    names = {path.stem for _, path in CASES}
    assert not names & {"utils", "util", "helpers", "core", "misc", "common"}
