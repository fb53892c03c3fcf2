import asyncio
import gzip
import http.client
import time
import urllib.request
import uuid
from pathlib import Path

import pytest
import streamlit
from websockets.exceptions import ConnectionClosed

from tests.load.classroom import arrive, leave, play
from tests.load.replicas import Replicas
from tests.load.visitors import Habit, Visitor

SIZE = 20
STEP_SIZE = Habit(
    "learning_rate", "steps=12&seed=3", "learning_rate-alpha-", [0.41 + 0.02 * turn for turn in range(60)]
)


def a_class(replicas: Replicas, size: int = SIZE) -> list[Visitor]:
    return [Visitor(replicas.address, STEP_SIZE, turn) for turn in range(size)]


async def come_back(visitor: Visitor) -> float:
    """What a browser does when its connection breaks: it asks for another until it gets one; seconds until then."""
    start = time.perf_counter()
    while True:
        try:
            await visitor.arrive()
            return time.perf_counter() - start
        except (OSError, ConnectionClosed, ValueError, http.client.HTTPException):
            assert time.perf_counter() - start < 30, "it never got another"
            await asyncio.sleep(0.3)


async def spread(replicas: Replicas, total: int) -> list[int]:
    """Visitors of each process, as soon as all who have left are counted out."""
    for _ in range(50):
        if sum(replicas.sessions) == total:
            break
        await asyncio.sleep(0.1)
    return replicas.sessions


def test_a_class_from_one_address_is_spread_over_both_processes(replicas: Replicas) -> None:
    async def run() -> list[int]:
        visitors = a_class(replicas)
        await arrive(visitors, 2)
        counted = await spread(replicas, SIZE)
        await leave(visitors)
        return counted

    counted = play(run())
    assert sum(counted) == SIZE
    assert min(counted) >= 0.4 * SIZE, counted


def test_who_comes_back_with_the_cookie_finds_the_own_session(replicas: Replicas) -> None:
    async def run() -> tuple[list[str], list[str]]:
        visitors = a_class(replicas, 8)
        await arrive(visitors, 1)
        before = [visitor.session for visitor in visitors]
        await leave(visitors)
        await arrive(visitors[::-1], 1)
        after = [visitor.session for visitor in visitors]
        await leave(visitors)
        return before, after

    before, after = play(run())
    assert len(set(before)) == 8
    assert after == before


def test_a_killed_process_costs_its_visitors_seconds_and_nothing_else(replicas: Replicas) -> None:
    killed, visitors = replicas.servers[0], a_class(replicas)

    async def run() -> None:
        await arrive(visitors, 2)
        for visitor in visitors:
            await visitor.change()
        pictures = [visitor.query for visitor in visitors]
        killed.kill()
        stranded = []
        for visitor in visitors:
            try:
                await visitor.change()
            except ConnectionClosed:
                stranded.append(visitor)
        assert len(stranded) >= 0.4 * SIZE
        taken = await asyncio.gather(*(come_back(visitor) for visitor in stranded))
        assert max(taken) < 10
        for visitor, picture in zip(visitors, pictures, strict=True):
            if visitor in stranded:
                assert visitor.query == picture
                await visitor.change()
        killed.start()
        await wait_for_new_visitors(replicas, visitors)

    async def run_and_leave() -> None:
        try:
            await run()
        finally:  # open connections would hide what went wrong behind warnings
            await leave(visitors)

    try:
        play(run_and_leave())
    finally:
        if killed.process.poll() is not None:
            killed.start()


async def wait_for_new_visitors(replicas: Replicas, visitors: list[Visitor]) -> None:
    """The process that came back is the emptier one: it must get the new ones."""
    for _ in range(20):
        visitors.append(Visitor(replicas.address, STEP_SIZE))
        await visitors[-1].arrive()
        if replicas.sessions[0]:
            return
        await asyncio.sleep(0.5)
    raise AssertionError("the process that came back gets no visitors")


def put(visitor: Visitor, size: int, token: str | None = None, said: int | None = None) -> int:
    """Offer a file of `size` bytes as this visitor's browser would; the status."""
    with urllib.request.urlopen(f"http://{visitor.address}/_stcore/health") as answer:
        cookies = [line.split(";")[0] for line in answer.headers.get_all("Set-Cookie")]
    known = dict(cookie.split("=", 1) for cookie in cookies) | visitor.cookies
    body = b'--line\r\nContent-Disposition: form-data; name="f"; filename="f.csv"\r\n\r\n' + b"1" * size
    body += b"\r\n--line--\r\n"
    connection = http.client.HTTPConnection(visitor.address, timeout=20)
    connection.putrequest("PUT", f"/_stcore/upload_file/{visitor.session}/{uuid.uuid4()}")
    for name, value in {
        "Cookie": "; ".join(f"{name}={value}" for name, value in known.items()),
        "X-Xsrftoken": known["_streamlit_xsrf"] if token is None else token,
        "Content-Type": "multipart/form-data; boundary=line",
        "Content-Length": str(said or len(body)),
    }.items():
        connection.putheader(name, value)
    connection.endheaders()
    if said is None:
        connection.send(body)
    status = connection.getresponse().status
    connection.close()
    return status


def test_an_upload_reaches_the_own_process_and_a_large_or_forged_one_does_not(replicas: Replicas) -> None:
    async def run() -> None:
        visitors = a_class(replicas, 6)
        await arrive(visitors)
        for visitor in visitors:
            assert await asyncio.to_thread(put, visitor, 100_000) == 204
        assert await asyncio.to_thread(put, visitors[0], 100, "forged") == 403
        assert await asyncio.to_thread(put, visitors[0], 100, None, 2_000_000_000) == 413
        await leave(visitors)

    play(run())


def test_the_programs_of_the_page_come_compressed(replicas: Replicas) -> None:
    static = Path(streamlit.__file__).parent / "static"
    largest = max(static.rglob("*.js"), key=lambda path: path.stat().st_size)
    connection = http.client.HTTPConnection(replicas.address, timeout=20)
    connection.request("GET", f"/{largest.relative_to(static).as_posix()}", headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    sent = answer.read()
    connection.close()
    assert answer.getheader("Content-Encoding") == "gzip"
    assert len(sent) < largest.stat().st_size / 2
    assert gzip.decompress(sent) == largest.read_bytes()


@pytest.mark.parametrize(("path", "status"), [("/_stcore/health", 200), ("/", 200), ("/_stcore/metrics", 404)])
def test_the_proxy_hands_on_what_is_for_visitors(replicas: Replicas, path: str, status: int) -> None:
    connection = http.client.HTTPConnection(replicas.address, timeout=20)
    connection.request("GET", path)
    assert connection.getresponse().status == status
    connection.close()
