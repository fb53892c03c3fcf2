"""One file a figure: finished data and finished words in, a chart as a dict out; nothing here knows Streamlit."""

from views.charts.batch_norm_layers import SHOWN, batch_norm_layers
from views.charts.chain_factors import chain_factors
from views.charts.home_previews import descent_preview, gradient_preview
from views.charts.step_size import step_size
from views.text import LANGUAGES, load_text


def build_all() -> None:
    """Build every chart in every language, so that no visitor waits for it: 100 ms and more each."""
    for language in LANGUAGES:
        text = load_text(language)
        for build in (descent_preview, gradient_preview, step_size, chain_factors):
            build(text)
        for shown in SHOWN:
            batch_norm_layers(text, shown)
