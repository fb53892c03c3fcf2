"""What may not be uploaded is refused before it is read: too much, without end, by a stranger, for nobody."""

import contextlib
import http.client
import re
from collections.abc import Iterator

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from websockets.exceptions import ConnectionClosed

from tests.load.process import Process, running
from tests.streamlit_client import ROOT, Client
from views import doors
from views.text import load_text

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


def put(
    server: str,
    session: str,
    body: bytes | Iterator[bytes],
    *,
    name: str = "file",
    xsrf: bool = True,
    **headers: str,
) -> int:
    """The answer's status to an upload, sent as a browser sends it; only the start of an endless one is sent."""
    connection = http.client.HTTPConnection(server, timeout=20)
    connection.request("GET", "/_stcore/health")
    cookie = connection.getresponse()
    cookie.read()
    token = re.search(r"_streamlit_xsrf=([^;]+)", cookie.getheader("Set-Cookie") or "")
    sent = {"Content-Type": "multipart/form-data; boundary=B", **headers}
    if xsrf and token:
        sent |= {"X-Xsrftoken": token[1], "Cookie": f"_streamlit_xsrf={token[1]}"}
    connection.putrequest("PUT", f"/_stcore/upload_file/{session}/{name}")
    for header, value in sent.items():
        connection.putheader(header, value)
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


def test_whoever_sends_file_after_file_fills_no_memory(served: tuple[str, Process], session: str) -> None:
    server, process = served
    body = HEAD + b"1" * 1_000_000 + TAIL
    before = process.megabytes
    for turn in range(60):
        assert put(server, session, body, name=f"file-{turn}", **{"Content-Length": str(len(body))}) == 204
    assert process.megabytes - before < 30


def test_of_many_sessions_the_newest_files_are_kept_and_few_of_each() -> None:
    manager = MemoryUploadedFileManager("")
    doors.keep_few(manager)
    for turn in range(5):
        for session in range(100):
            manager.add_file(f"s{session}", UploadedFileRec(f"f{turn % 4}", "t.csv", "text/csv", b"1,2"))
    kept = {session: list(files) for session, files in manager.file_storage.items() if files}
    assert kept == {f"s{session}": ["f0"] for session in range(100 - doors.MOST_OF_ALL, 100)}
    for turn in range(5):
        manager.add_file("busy", UploadedFileRec(f"g{turn}", "t.csv", "text/csv", b"1,2"))
    assert list(manager.file_storage["busy"]) == ["g2", "g3", "g4"]
    assert sum(map(len, manager.file_storage.values())) <= doors.MOST_OF_ALL


def test_a_file_that_did_not_arrive_is_said_to_be_lost(server: str) -> None:
    with Client(server, page="learning_rate", query="tab=data") as visitor:
        visitor.open()
        identity, fragment = visitor.widgets["own-upload"]
        request = BackMsg.FromString(visitor.request({}, fragment))
        state = request.rerun_script.widget_states.widgets.add(id=identity)
        state.file_uploader_state_value.uploaded_file_info.add(file_id="never-sent", name="t.csv", size=9)
        visitor._socket.send(request.SerializeToString())
        shown = until_finished(visitor)
    assert not [element for element in shown if element.WhichOneof("type") == "exception"]
    assert any(load_text("en")("csv.gone") in element.alert.body for element in shown)


def until_finished(visitor: Client) -> list[Element]:
    shown = []
    while True:
        message = ForwardMsg.FromString(visitor._socket.recv(timeout=20))
        if message.WhichOneof("type") == "script_finished":
            return shown
        if message.WhichOneof("type") == "delta":
            shown.append(message.delta.new_element)


def listen_on(visitor: Client) -> None:
    while True:
        visitor._socket.recv(timeout=20)


def test_a_message_of_fifty_megabytes_ends_the_connection_and_is_not_read(served: tuple[str, Process]) -> None:
    server, process = served
    with Client(server, page="learning_rate") as visitor:
        visitor.open()
        before = process.megabytes
        with contextlib.suppress(ConnectionClosed):  # it may be closed before all is sent
            visitor._socket.send(bytes(50 * MEGABYTE))
        with pytest.raises(ConnectionClosed):
            listen_on(visitor)
        assert process.megabytes - before < 30
