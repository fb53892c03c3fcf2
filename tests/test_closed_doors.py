"""Doors that are closed: nothing foreign is run or unpacked, nobody is asked or told, and errors stay at home."""

import ast
import http.client
import re
import shutil
import socket
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.pages.test_every_page import _fresh_process, healthy, opened  # noqa: F401
from tests.streamlit_client import ROOT, Client, Server, serve
from views.settings import PAGES

FILES = [
    ROOT / "app.py",
    *(path for part in ("pages", "views", "gdcore") for path in sorted((ROOT / part).rglob("*.py"))),
]
RUN_OR_UNPACK = {
    "pickle", "marshal", "shelve", "dill", "joblib", "cloudpickle", "yaml", "code", "codeop", "ctypes",
    "subprocess", "multiprocessing", "pty", "xml", "zipfile", "tarfile", "shutil", "tempfile",
}  # fmt: skip
ASK_OR_TELL = {
    "socket", "ssl", "urllib", "http", "requests", "httpx", "aiohttp", "urllib3", "ftplib", "smtplib", "poplib",
    "imaplib", "xmlrpc", "socketserver", "asyncio", "websockets", "webbrowser",
}  # fmt: skip
BARE = {"eval", "exec", "compile", "__import__", "input", "breakpoint"}
METHODS = {"eval", "read_pickle", "to_pickle", "system", "popen", "read_html", "read_xml", "fork", "startfile"}
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Calls in a file, by what is called: `np.load`, `eval`."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            plain = isinstance(node.func, ast.Name | ast.Attribute)
            yield (ast.unparse(node.func) if plain else ""), node


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(tree_of(path)))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}


def test_no_file_runs_or_unpacks_what_is_foreign_or_speaks_to_the_net() -> None:
    for path in FILES:
        asking = imported(path) - {"urllib.parse"}  # which writes addresses, and asks none
        assert not {name.split(".")[0] for name in asking} & (RUN_OR_UNPACK | ASK_OR_TELL), path
        for name, call in calls(path):
            require_tame(path, name, call)


def require_tame(path: Path, name: str, call: ast.Call) -> None:
    where = f"{path}: {name}"
    assert name not in BARE, where
    assert name.rpartition(".")[2] not in METHODS, where
    for option in call.keywords:
        assert option.arg != "allow_pickle" or ast.unparse(option.value) == "False", where  # NumPy's default, too
    assert not (name.endswith(".query") and call.args), where  # of pandas, which evaluates
    if name.endswith("import_module"):
        assert (path.name, ast.unparse(call)) == ("lazily.py", "importlib.import_module(self._name)")
    if name == "runpy.run_path":  # the frame of the app, wherever a visit begins
        assert ast.unparse(call) == "runpy.run_path(str(FRAME))"


def test_markup_comes_from_files_of_the_app_only() -> None:
    for path in FILES:
        for name, call in calls(path):
            options = {option.arg for option in call.keywords}
            assert "unsafe_allow_html" not in options, f"{path}: {name}"
            if "unsafe_allow_javascript" in options:
                assert ast.unparse(call.args[0]) in (
                    "SCRIPT",
                    "PRINT_SCRIPT",
                    "_restarted(here.text('note.restarted'))",
                )


def test_the_settings_close_what_streamlit_can_close() -> None:
    server, client = CONFIG["server"], CONFIG["client"]
    assert server["enableXsrfProtection"]
    assert server["enableCORS"]
    assert server["maxUploadSize"] == 1
    assert server["maxMessageSize"] <= 5
    assert not server.get("enableAgentApi", False)
    assert client["showErrorDetails"] == "none"
    assert not CONFIG["browser"]["gatherUsageStats"]
    assert not CONFIG["runner"]["magicEnabled"]


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page that fails, under the settings of the app."""
    folder = tmp_path_factory.mktemp("failing")
    shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
    (folder / "page.py").write_text("import streamlit as st\nst.write('before')\nraise ValueError('the secret 4711')\n")
    with serve(folder / "page.py", folder=folder) as address:
        yield address


def test_a_visitor_is_told_that_a_page_failed_and_nothing_of_how_nor_asked_for_statistics(failing: str) -> None:
    with Client(failing) as visitor:
        messages = visitor.open().messages
    (failure,) = (each for each in messages if exception_of(each))
    assert "4711" not in str(failure)
    assert "ValueError" not in str(failure)
    assert "page.py" not in str(failure)
    assert not failure.delta.new_element.exception.stack_trace
    (new,) = (each.new_session for each in messages if each.HasField("new_session"))
    assert not new.config.gather_usage_stats


def exception_of(message: ForwardMsg) -> bool:
    return message.WhichOneof("type") == "delta" and message.delta.new_element.WhichOneof("type") == "exception"


def test_a_page_of_another_site_may_not_open_a_session(failing: str) -> None:
    stream = f"ws://{failing}/_stcore/stream"
    for foreign in ("http://evil.example", "http://127.0.0.1.evil.example", "null"):
        with pytest.raises(InvalidStatus, match="403"):
            connect(stream, subprotocols=["streamlit"], origin=foreign).__enter__()
    with connect(stream, subprotocols=["streamlit"], origin=f"http://{failing}"):
        pass


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/_stcore/health", "GET", {200}),
        ("/_stcore/agent/interact", "POST", {400, 403, 404}),
        ("/_stcore/agent/mcp", "POST", {400, 403, 404}),
        ("/app/static/../../page.py", "GET", {400, 404}),
        ("/media/../page.py", "GET", {400, 404}),
        ("/component/x/../../page.py", "GET", {400, 404}),
    ],
)
def test_the_server_answers_that_it_lives_and_nothing_that_a_visit_does_not_need(
    failing: str, path: str, method: str, status: set[int]
) -> None:
    connection = http.client.HTTPConnection(failing, timeout=20)
    connection.request(method, path, headers={"Origin": "http://evil.example"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status in status
    assert b"4711" not in body
    assert answer.getheader("Access-Control-Allow-Origin") is None


@pytest.fixture
def elsewhere() -> Iterator[socket.socket]:
    """Where all that a process asks of the net arrives, if it is started with this as its proxy."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.5)
        yield listening


def test_a_server_asks_the_net_for_nothing_when_it_starts_nor_when_another_site_knocks(
    elsewhere: socket.socket,
) -> None:
    address = f"http://127.0.0.1:{elsewhere.getsockname()[1]}"
    proxies = {name: address for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")}
    everywhere = "--server.address", "0.0.0.0"  # as the container does: then it would say under which addresses
    server = Server(ROOT / "app.py", *everywhere, environment={**proxies, "no_proxy": "", "NO_PROXY": ""}).start()
    try:
        with Client(server.address, page="learning_rate") as visitor:
            visitor.open()
        with pytest.raises(InvalidStatus, match="403"):
            connect(f"ws://{server.address}/_stcore/stream", origin="http://evil.example").__enter__()
        with pytest.raises(TimeoutError):
            elsewhere.accept()
    finally:
        server.stop()


TABS = [(page, tab) for page, table in PAGES.items() for tab in (table[0].options if table else ("",))]
VARIANTS = [pytest.param(*each, marks=[pytest.mark.long] * (each[1] not in ("", "data", "train"))) for each in TABS]


@pytest.mark.parametrize(("page", "tab"), VARIANTS)
def test_a_page_asks_nobody_outside(page: str, tab: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def note(*arguments: object, **_: object) -> None:
        asked.append(arguments)
        raise OSError("the net is closed")

    monkeypatch.setattr(socket.socket, "connect", note)
    monkeypatch.setattr(socket, "getaddrinfo", note)
    healthy(opened(page, **({"tab": tab} if tab else {})))
    assert not [each for each in asked if not re.search("127.0.0.1|localhost", str(each))]
