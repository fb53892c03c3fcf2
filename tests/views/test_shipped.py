"""What is shipped is what would be built; what was made of other sources is not taken."""

import gzip
import json

import pytest

from views.charts import ALL_CHARTS, shipped
from views.charts.build import built
from views.charts.step_size import step_size
from views.text import LANGUAGES, Text, load_text

REMEDY = "the charts or their words have changed: run `make charts`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_charts_are_of_these_very_sources(language: str) -> None:
    assert shipped.shipped(language), REMEDY
    assert len(shipped.shipped(language)) == len(ALL_CHARTS)


# building takes long, and another language changes words alone: the digest above knows all sources
@pytest.mark.parametrize(
    "language", [LANGUAGES[0], *(pytest.param(each, marks=pytest.mark.long) for each in LANGUAGES[1:])]
)
@pytest.mark.parametrize("name", ALL_CHARTS)
def test_a_shipped_chart_is_the_one_that_would_be_built(name: str, language: str) -> None:
    call, spec = built(name, load_text(language))
    assert json.loads(shipped.shipped(language)[call]) == json.loads(json.dumps(spec)), REMEDY
    assert ALL_CHARTS[name](load_text(language)) == json.loads(json.dumps(spec))


def test_charts_made_of_other_sources_are_not_taken(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    content = json.loads(gzip.decompress(shipped.file_of("en").read_bytes()))
    monkeypatch.setattr(shipped, "file_of", lambda language: tmp_path / language)
    for file, changes in {"en": {"sources": "others"}, "zh": {}}.items():
        (tmp_path / file).write_bytes(gzip.compress(json.dumps(content | changes).encode()))
        assert shipped.shipped.__wrapped__(file) == {}
    assert shipped.shipped.__wrapped__("de") == {}
    (tmp_path / "en").write_bytes(b"no archive")
    assert shipped.shipped.__wrapped__("en") == {}


def test_other_words_than_the_catalogues_are_built() -> None:
    said = Text("en", {**load_text("en").words, "chart.step": "zzq"})
    assert "zzq" in json.dumps(step_size.__wrapped__(said))
    assert shipped._found(step_size.__wrapped__, said) is None
    assert shipped._found(step_size.__wrapped__, load_text("en")) is not None
