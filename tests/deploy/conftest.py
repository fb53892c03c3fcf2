"""Two processes of the app behind `deploy/haproxy.cfg`, as a class meets them."""

from collections.abc import Iterator

import pytest

from tests.load.replicas import Replicas, haproxy, served


@pytest.fixture(scope="session")
def replicas() -> Iterator[Replicas]:
    program = haproxy()
    if program is None:
        pytest.skip("needs HAProxy: apt-get install haproxy")
    with served(program) as both:
        yield both
