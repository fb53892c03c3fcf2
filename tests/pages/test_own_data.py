"""A visit with a table of one's own: upload, choose, edit, hand over, and everything that can be wrong with a file."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from pages.tabs import own_table
from tests.pages.test_a_visit import lab_of
from tests.pages.test_every_page import _fresh_process, healthy, opened, query_of, said  # noqa: F401
from tests.views.test_csv_table import HOSTILE, REFUSED
from views import state
from views.tables import CARS
from views.text import LANGUAGES, load_text

EN = load_text("en")
GOOD = b"speed,weight,price\n" + b"".join(b"%d,%d,%d\n" % (t, t * t % 7, 3 * t + t % 3) for t in range(30))
CODE_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
KINDS = ("markdown", "caption", "title", "warning", "toast")


def told(app: AppTest) -> list[str]:
    return [str(element.value) for kind in KINDS for element in app.get(kind)]


def visit(**query: str) -> AppTest:
    return opened("learning_rate", **{"lang": "en", "tab": "data", **query})


def upload(app: AppTest, data: bytes) -> AppTest:
    app.file_uploader(key=own_table.UPLOAD).set_value(("table.csv", data, "text/csv")).run()
    healthy(app)
    return app


def charts(app: AppTest) -> int:
    return len(app.get("vega_lite_chart")) + len(app.get("arrow_vega_lite_chart"))


def test_the_cars_are_there_from_the_start() -> None:
    app = visit()
    healthy(app)
    assert charts(app) == 1
    assert app.selectbox(key="learning_rate-target").value == 0
    assert any("`weight`" in text and "`horsepower`" in text for text in told(app))
    assert any("m = 392 rows" in text and ": 14." in text for text in told(app))


def test_an_uploaded_table_is_shown_with_sensible_columns_and_stands_in_the_link() -> None:
    app = upload(visit(), GOOD)
    query = query_of(app)
    assert query["target"] == "2"
    assert query["first"] == "0"
    assert query["second"] == "1"
    assert re.fullmatch("[0-9a-f]{16}", query["table"])
    assert any("`price` ≈" in text for text in told(app))
    assert any("m = 30 rows" in text for text in told(app))
    app.button(key="own-cars").click().run()
    healthy(app)
    assert query_of(app) == {"lang": "en", "tab": "data"} or query_of(app) == {"tab": "data"}
    app.button(key="undo").click().run()
    assert query_of(app)["table"] == query["table"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_that_cannot_be_read_leaves_everything_as_it_was(language: str) -> None:
    app = upload(visit(lang=language), GOOD)
    before, shown = query_of(app), [text for text in told(app) if "price" in text]
    assert shown
    for key in [key for key in REFUSED if key not in ("csv.too_large", "csv.too_many_rows")]:
        upload(app, REFUSED[key])
        assert query_of(app) == before
        assert set(shown) <= set(told(app))
        opening = max(re.split(r"@\w+", load_text(language).words[key]), key=len).strip()
        assert any(opening in warning.value for warning in app.warning)
    app.file_uploader(key=own_table.UPLOAD).set_value(None).run()
    assert not app.warning


@pytest.mark.parametrize("names", [HOSTILE[place : place + 3] for place in range(0, len(HOSTILE), 3)])
def test_a_hostile_name_never_stands_in_markdown_as_it_is(names: list[str]) -> None:
    cells = ",".join('"' + name.replace('"', '""') + '"' for name in [*names, "last"])
    app = upload(visit(), f"{cells}\n1,2,3,4\n2,2,5,x\n4,y,1,3\n,5,4,1\n5,3,3,3\n".encode())
    kept = [" ".join(name.split()).strip("‮")[:10] for name in names]
    bare = [CODE_SPAN.sub("", text) for text in told(app)]
    assert not [(name, text) for name in kept for text in bare if len(name) > 1 and name in text]
    upload(app, f"{cells}\n1,word,word,word\n2,word,word,word\n".encode())
    bare = [CODE_SPAN.sub("", text) for text in told(app)]
    assert not [(name, text) for name in kept for text in bare if len(name) > 1 and name in text]


def test_a_link_with_a_table_of_somebody_else_says_so_on_every_tab_and_shows_the_cars() -> None:
    for tab in ("slope", "size", "data"):
        app = opened("learning_rate", lang="en", tab=tab, table="0123456789abcdef", target="2", loss="data")
        healthy(app)
        assert any(EN("note.stranger") in text for text in told(app))
        assert "table" not in query_of(app)
        assert charts(app) == 1


def test_the_one_who_brought_the_table_may_follow_the_own_link() -> None:
    app = upload(visit(), GOOD)
    link = query_of(app)
    app.query_params.clear()
    app.query_params.update({**link, "fit_pace": "1.7"})
    app.run()
    healthy(app)
    assert query_of(app)["table"] == link["table"]
    assert not any(EN("note.stranger") in text for text in told(app))


@pytest.mark.parametrize("query", [
    {"target": "49", "first": "48", "second": "47"}, {"target": "4"}, {"first": "0", "second": "0"}, {"second": "4"},
    {"fit_pace": "2.5", "fit_steps": "100", "scaling": "raw", "intercept": "without"}, {"fit_pace": "0.01"},
])  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_any_choice_of_columns_has_a_picture_and_a_verdict(query: dict[str, str], language: str) -> None:
    app = visit(lang=language, **query)
    healthy(app)
    assert charts(app) == 1
    assert any(load_text(language).words["verdict.fit.rate"].split("@")[0] in text for text in told(app))


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"x,z,y\n7,1,2\n7,3,4\n7,5,5\n", "CONSTANT_STANDARDISED"),
        (b"x,z,y\n1,1,2\n3,3,4\n5,5,5\n", "PROPORTIONAL"),
        (b"x,z,y\n1,2,3\n", "TOO_FEW_ROWS"),
    ],
)
def test_a_singular_table_is_drawn_and_explained(data: bytes, key: str) -> None:
    app = upload(visit(), data)
    if key == "CONSTANT_STANDARDISED":
        app.selectbox(key="learning_rate-first").set_value(0).run()
        app.selectbox(key="learning_rate-second").set_value(1).run()
    healthy(app)
    assert charts(app) == 1
    opening = max(re.split(r"@\w+", EN.words[f"verdict.fit.{key}"]), key=len).strip()
    assert any(opening in text for text in told(app))


def test_where_no_row_is_complete_a_sentence_names_the_columns() -> None:
    app = upload(visit(), b"x,z,y\n1,,1\n,2,3\n2,,5\n,4,4\n")
    assert any("`x`, `z`, `y`" in warning.value for warning in app.warning)


@pytest.mark.parametrize(("name", "setting"), [("to_size", "loss"), ("to_shrink", "samples"), ("to_bowl", "bowl")])
def test_the_data_are_handed_over_to_another_lesson(name: str, setting: str) -> None:
    app = upload(visit(), GOOD)
    app.button(key=f"learning_rate-{name}").click().run()
    healthy(app)
    assert lab_of(app).current[setting] == "data"
    assert lab_of(app).current["tab"] == name.removeprefix("to_")
    assert lab_of(app).current["table"] != CARS
    assert charts(app) >= 1


def test_the_lesson_that_takes_the_loss_over_says_what_the_data_are() -> None:
    app = upload(visit(), GOOD)
    app.button(key="learning_rate-to_size").click().run()
    assert any("`speed`" in text and "`price`" in text and "m = 30" in text for text in told(app))
    assert app.selectbox(key="learning_rate-loss").value == "data"


def test_an_edit_becomes_a_table_of_its_own_and_a_table_without_rows_does_not() -> None:
    app = upload(visit(), b"x,y\n1,2\n2,3\n4,5\n")
    before = query_of(app)["table"]
    app.toggle(key=own_table.EDIT).set_value(True).run()
    healthy(app)
    assert len(app.data_editor) == 1
    assert app.data_editor[0].value.to_dict("list") == {"x": [1, 2, 4], "y": [2, 3, 5]}
    app.toggle(key=own_table.EDIT).set_value(False).run()
    assert len(app.data_editor) == 0
    assert query_of(app)["table"] == before


def test_edits_are_still_there_when_the_editor_is_closed_and_opened_again() -> None:
    app = upload(visit(), b"x,y\n1,2\n2,3\n4,5\n")
    app.toggle(key=own_table.EDIT).set_value(True).run()
    edited_as_in_a_browser(app, '{"edited_rows": {"0": {"x": 9}}, "added_rows": [], "deleted_rows": []}')
    key = query_of(app)["table"]
    editor = app.data_editor[0].proto.id
    app.toggle(key=own_table.EDIT).set_value(False).run()
    app._session_state._state._old_state.pop(editor)  # type: ignore[attr-defined]  # as Streamlit does after a run
    app.toggle(key=own_table.EDIT).set_value(True).run()
    assert query_of(app)["table"] == key
    assert app.data_editor[0].value.to_dict("list") == {"x": [9, 2, 4], "y": [2, 3, 5]}
    edited_as_in_a_browser(app, '{"edited_rows": {"1": {"y": 7}}, "added_rows": [], "deleted_rows": []}')
    table = lab_of(app).tables[query_of(app)["table"]]
    assert {name: column.tolist() for name, column in table.columns.items()} == {"x": [9, 2, 4], "y": [2, 7, 5]}


def edited_as_in_a_browser(app: AppTest, edits: str) -> None:
    """Run with what a browser sends of the editor, which AppTest cannot change."""
    sent = app._tree.get_widget_states()
    sent.widgets.add(id=app.data_editor[0].proto.id, string_value=edits)
    app._run(sent)
    healthy(app)


@pytest.mark.parametrize(("rows", "key"), [
    ("".join(f"{t}e-14,{t * t % 7},{t}\n" for t in range(1, 9)), "slope_beyond"),
    ("".join(f"0.1,{t * t % 7},{t}\n" for t in range(1, 11)), "slope_constant"),
])  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_where_a_fit_gives_no_loss_of_one_parameter_the_hand_over_says_why(rows: str, key: str, language: str) -> None:
    app = upload(visit(lang=language, scaling="raw"), f"x,z,y\n{rows}".encode())
    for name, place in (("first", 0), ("second", 1)):
        app.selectbox(key=f"learning_rate-{name}").set_value(place).run()
    assert charts(app) == 1
    assert app.button(key="learning_rate-to_size").disabled
    assert load_text(language)(f"fit.{key}", name="`x`") in [caption.value for caption in app.caption]


def test_a_long_table_is_drawn_by_a_sample_and_not_edited() -> None:
    data = b"x,y\n" + b"".join(b"%d,%d\n" % (t % 97, t % 89) for t in range(3000))
    app = upload(visit(), data)
    app.toggle(key=own_table.EDIT).set_value(True).run()
    healthy(app)
    assert not app.data_editor
    assert any(EN("fit.edit_too_long", most="2,000") == text for text in told(app))


def test_a_session_keeps_a_few_tables_and_no_more() -> None:
    app = visit()
    for turn in range(5):
        upload(app, GOOD + b"%d,1,2\n" % turn)
    assert len(lab_of(app).tables) == state.MOST_TABLES
