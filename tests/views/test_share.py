"""The QR code holds the link, and says so when it cannot."""

import pytest

from views.share import qr_code


@pytest.mark.parametrize(("length", "possible"), [(2900, True), (3100, False)])
def test_an_address_too_long_for_a_code_has_none(length: int, possible: bool) -> None:
    assert (qr_code("https://example.org/?" + "a" * (length - 21)) is not None) == possible
