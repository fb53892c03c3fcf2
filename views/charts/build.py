"""Build all charts in all languages, and write the files that are shipped.

python -m views.charts.build
"""

import gzip
import inspect
import json
from functools import partial

from views.charts import ALL_CHARTS
from views.charts.room import Spec
from views.charts.shipped import call, file_of, sources
from views.text import LANGUAGES, Text, load_text


def built(name: str, text: Text) -> tuple[str, Spec]:
    """How a chart is called by, and the chart: built, not as shipped."""
    chart = ALL_CHARTS[name]
    options = chart.keywords if isinstance(chart, partial) else {}
    build = inspect.unwrap(chart.func if isinstance(chart, partial) else chart)
    return call(build, **options), build(text, **options)


def main() -> None:
    """Write a file a language."""
    for language in LANGUAGES:
        charts = dict(built(name, load_text(language)) for name in ALL_CHARTS)
        content = {
            "sources": sources(language),
            "charts": {name: json.dumps(spec, ensure_ascii=False) for name, spec in charts.items()},
        }
        written = json.dumps(content, ensure_ascii=False).encode()
        file_of(language).write_bytes(gzip.compress(written, mtime=0))
        print(f"{file_of(language).name}: {len(charts)} charts, {file_of(language).stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
