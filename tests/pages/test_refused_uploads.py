"""What may not be uploaded is refused before it is read: too much, without end, by a stranger, for nobody."""

import http.client
import re
from collections.abc import Iterator

import pytest

from tests.load.process import Process, running
from tests.streamlit_client import ROOT, Client

GIGABYTE, MEGABYTE = 2**30, 2**20
HEAD = b'--B\r\nContent-Disposition: form-data; name="file"; filename="t.csv"\r\nContent-Type: text/csv\r\n\r\n'
TAIL = b"\r\n--B--\r\n"


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, Process]]:
    with running(ROOT / "app.py") as found:
        yield found


@pytest.fixture
def server(served: tuple[str, Process]) -> str:
    return served[0]


@pytest.fixture
def session(server: str) -> Iterator[str]:
    """The id of a session on the page with the upload."""
    with Client(server, page="learning_rate", query="tab=data") as visitor:
        sent = visitor.open().messages
        yield next(each.new_session.initialize.session_id for each in sent if each.HasField("new_session"))


def put(server: str, session: str, body: bytes | Iterator[bytes], xsrf: bool = True, **headers: str) -> int:
    """The answer's status to an upload, sent as a browser sends it; only the start of an endless one is sent."""
    connection = http.client.HTTPConnection(server, timeout=20)
    connection.request("GET", "/_stcore/health")
    cookie = connection.getresponse()
    cookie.read()
    token = re.search(r"_streamlit_xsrf=([^;]+)", cookie.getheader("Set-Cookie") or "")
    sent = {"Content-Type": "multipart/form-data; boundary=B", **headers}
    if xsrf and token:
        sent |= {"X-Xsrftoken": token[1], "Cookie": f"_streamlit_xsrf={token[1]}"}
    connection.putrequest("PUT", f"/_stcore/upload_file/{session}/file")
    for name, value in sent.items():
        connection.putheader(name, value)
    connection.endheaders()
    try:
        if isinstance(body, bytes):
            connection.send(body)
        else:
            for part in body:
                connection.send(b"%x\r\n%s\r\n" % (len(part), part))
            connection.send(b"0\r\n\r\n")
    except (BrokenPipeError, ConnectionResetError):
        pass  # the server has hung up: it has heard enough
    try:
        return connection.getresponse().status
    except (http.client.RemoteDisconnected, ConnectionResetError):
        return 0
    finally:
        connection.close()


def endless() -> Iterator[bytes]:
    """Many times what may be uploaded, without a word of how long it is."""
    yield HEAD
    for _ in range(128):
        yield b"1" * MEGABYTE


def test_a_table_is_taken_and_one_of_more_than_a_megabyte_is_not(server: str, session: str) -> None:
    small = HEAD + b"a,b\n1,2\n3,4\n" + TAIL
    assert put(server, session, small, **{"Content-Length": str(len(small))}) == 204
    large = HEAD + b"1,2\n" * (MEGABYTE // 4 + 1) + TAIL
    assert put(server, session, large, **{"Content-Length": str(len(large))}) == 413


def test_a_gigabyte_is_refused_before_it_is_read_and_what_does_not_say_its_length_while_it_comes(
    served: tuple[str, Process], session: str
) -> None:
    server, process = served
    before = process.megabytes
    assert put(server, session, HEAD, **{"Content-Length": str(GIGABYTE)}) == 413
    assert put(server, session, endless(), **{"Transfer-Encoding": "chunked"}) in (413, 0)
    assert process.megabytes - before < 30


def test_an_upload_from_another_site_or_for_nobody_is_refused(server: str, session: str) -> None:
    small = HEAD + b"a,b\n1,2\n" + TAIL
    length = {"Content-Length": str(len(small))}
    assert put(server, session, small, xsrf=False, **length) == 403
    assert put(server, "nobody", small, **length) == 400
