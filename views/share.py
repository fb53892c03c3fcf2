"""Share: the link to exactly this state, and its QR code, large enough for a projector."""

from urllib.parse import urlencode, urlsplit

import segno
import streamlit as st

from views.state import Lab


def link(here: Lab) -> str:
    """The address of this page in this state; the recipient's browser decides the language unless one was chosen."""
    address = urlsplit(st.context.url or "")
    query = urlencode(here.query())
    return f"{address.scheme}://{address.netloc}{address.path}{'?' + query if query else ''}"


def qr_code(address: str) -> str | None:
    """The QR code of an address as SVG, black on white whatever the theme; None if the address is too long for one."""
    try:
        code = segno.make_qr(address, error="l", boost_error=True)
    except segno.DataOverflowError:
        return None
    return str(code.svg_inline(scale=10, border=4, light="white"))


def share(here: Lab) -> None:
    """The button, and what it opens."""
    text = here.text
    if st.button(
        text("action.share"),
        icon=":material/share:",
        type="tertiary",
        key="share",
        help=text("action.share_help"),
    ):
        st.dialog(text("share.title"), width="medium")(_opened)(here)


def _opened(here: Lab) -> None:
    text, address = here.text, link(here)
    st.markdown(text("share.lead"))
    st.code(address, language=None, wrap_lines=True)
    picture = qr_code(address)
    if picture is None:
        st.caption(text("share.too_long"))
    else:
        with st.container(key="qr", horizontal_alignment="center"):
            st.image(picture, width="stretch", alt=text("share.code_alt"))
    if here.tables:
        st.caption(text("share.own_table"))
