"""What the container's files promise, read from the files themselves."""

import re
from fnmatch import fnmatch

import pytest

from tests.streamlit_client import ROOT

DEPLOY = ROOT / "deploy"
FILES = [DEPLOY / name for name in ("Containerfile", "compose.yaml", "haproxy.cfg")]
CONTAINER = FILES[0].read_text()
COMPOSE = FILES[1].read_text()
COPIED = [name for line in re.findall(r"^COPY (.+)$", CONTAINER, re.MULTILINE) for name in line.split()[:-1]]


def test_the_container_runs_as_an_ordinary_user() -> None:
    users = re.findall(r"^USER (.+)$", CONTAINER, re.MULTILINE)
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1]), users
    assert CONTAINER.index("\nUSER ") < CONTAINER.index("\nCMD ")


@pytest.mark.parametrize("text", [CONTAINER, COMPOSE], ids=["Containerfile", "compose.yaml"])
def test_every_image_has_a_version(text: str) -> None:
    images = re.findall(r"^FROM (\S+)|^\s+image: (\S+)", text, re.MULTILINE)
    assert images
    for image in map("".join, images):
        assert re.search(r":\d+\.\d+", image), image


def test_only_the_locked_versions_are_installed() -> None:
    installs = re.findall(r"pip install.*", CONTAINER)
    assert [line for line in installs if "-r requirements.txt" not in line] == []
    assert installs
    assert {"requirements.txt", "deploy/constraints.txt"} <= set(COPIED)
    assert "-c deploy/constraints.txt" in (ROOT / "requirements.txt").read_text().splitlines()


def test_all_that_the_app_is_made_of_is_copied_and_nothing_else() -> None:
    app = {"app.py", ".streamlit", "gdcore", "views", "pages"}
    assert set(COPIED) == app | {"requirements.txt", "deploy/constraints.txt"}
    assert [name for name in COPIED if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("name", ["Containerfile.containerignore", "Containerfile.dockerignore"])
def test_the_builder_sees_what_is_copied_and_no_folder_of_tools(name: str) -> None:
    let_in = [line[1:] for line in (DEPLOY / name).read_text().splitlines() if line.startswith("!")]
    for copied in COPIED:
        assert any(fnmatch(copied, pattern) or pattern.startswith(f"{copied}/") for pattern in let_in), copied
    assert not any(
        fnmatch(secret, pattern) for secret in (".venv", ".git", ".streamlit/secrets.toml") for pattern in let_in
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_secret_is_written_down(file) -> None:  # type: ignore[no-untyped-def]
    for name, value in re.findall(
        r"(?im)(\w*(?:secret|cookie_key|password|token)\w*)\s*[:=]\s*(\S.*)$", file.read_text()
    ):
        assert value.startswith(("${", "$(")), f"{file.name}: {name}"


def test_all_look_at_the_same_health() -> None:
    assert "HEALTHCHECK" in CONTAINER
    assert "/_stcore/health" in CONTAINER
    assert "option httpchk GET /_stcore/health" in FILES[2].read_text()


@pytest.mark.parametrize("line", ["read_only: true", "cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]'])
def test_every_service_is_locked_up(line: str) -> None:
    services = len(re.findall(r"^  (?:lab|proxy):$", COMPOSE, re.MULTILINE))
    assert services == 2
    assert COMPOSE.count(line) == services
