"""What the desk refuses: other sites, other names, no secret, wrong paths, too much at once."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import httpx
import pytest
from conftest import Errata
from desk_fixtures import Serve, Served, cleaned

from pipeline.errors import ExitCode


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, desk: Serve) -> Served:
    return desk(cleaned(tmp_path_factory.mktemp("safety"), letter="The envoy said xqzrtt.\n"))


def test_without_the_secret_nothing_is_shown(served: Served) -> None:
    for path in ("/", "/queue", "/static/desk.css", "/?key=wrong", "/picture/x/line/1"):
        answer = httpx.get(served.base + path)
        assert answer.status_code == 403 and "xqzrtt" not in answer.text
    assert httpx.get(f"{served.base}/queue", cookies={"errata": "guess"}).status_code == 403


def test_the_secret_becomes_a_cookie_that_scripts_and_other_sites_do_not_get(served: Served) -> None:
    answer = httpx.get(served.address)
    cookie = answer.headers["set-cookie"].lower()
    assert answer.status_code == 303 and "key=" not in answer.headers["location"]
    assert "httponly" in cookie and "samesite=strict" in cookie
    shown = served.client().get("/")
    assert "script-src 'self'" in shown.headers["content-security-policy"] and "unsafe" not in str(shown.headers)
    assert shown.headers["x-content-type-options"] == "nosniff" and shown.headers["cache-control"] == "no-store"


def test_other_names_and_other_sites_are_refused(served: Served) -> None:
    client = served.client()
    assert client.get("/", headers={"host": "evil.example"}).status_code == 421
    own = {"origin": served.base}
    assert client.post("/skip", data={"task": "1"}, headers=own).status_code == 200
    for headers in ({}, {"origin": "http://evil.example"}, {"origin": "null"}, own | {"sec-fetch-site": "cross-site"}):
        assert client.post("/skip", data={"task": "1"}, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "path", ["/static/../desk.py", "/static/%2e%2e/desk.py", "/static/..%2fdesk.py", "/picture/x/page/1/../../..", "/read/../1"]
)
def test_paths_lead_nowhere(served: Served, path: str) -> None:
    answer = served.client().get(path)
    assert answer.status_code == 404 and "Desk" not in answer.text


def test_what_makes_no_sense_is_refused_in_one_line(served: Served) -> None:
    client = served.client()
    client.headers["origin"] = served.base
    assert client.post("/decide", data={"task": "1", "choice": "nonsense", "doubt": "1"}).status_code == 400
    assert client.post("/decide", data={"task": "1", "choice": "right", "doubt": "x"}).status_code == 400
    assert client.post("/decide", data={"task": "1", "choice": "right", "seen": "[1"}).status_code == 400
    assert client.post("/word", data={"task": "1", "text": "", "sort": "name"}).status_code == 400
    assert client.post("/queue").status_code == 405
    assert client.get("/task/999999999").status_code == 404
    assert client.get("/read/1/99999999999999999999").status_code == 404
    for answer in (client.post("/goal", data={"goal": "much"}), client.get("/search", params={"text": "(", "pattern": "1"})):
        assert "Traceback" not in answer.text and answer.status_code in (200, 400)


FORM = {"content-type": "application/x-www-form-urlencoded"}


def test_too_much_at_once_is_refused(served: Served) -> None:
    client = served.client()
    client.headers["origin"] = served.base
    assert client.post("/decide", content=b"a" * (2 << 20)).status_code == 413
    with contextlib.suppress(httpx.HTTPError):  # the server may hang up before all is sent
        assert client.post("/decide", content=(b"a=" * 32768 for _ in range(40)), headers=FORM).status_code >= 400
    assert client.get("/queue").status_code == 200


def test_others_are_let_in_by_a_password_alone(served: Served, tmp_path: Path, desk: Serve, errata: Errata) -> None:
    out = cleaned(tmp_path / "new", letter="The envoy said xqzrtt.\n")
    refused = errata("review", out, "--host", "0.0.0.0", "--no-browser")
    assert refused.code == ExitCode.BAD_ARGS and "--password" in refused.err
    guarded = desk(out, "--password", env={**os.environ, "ERRATA_PASSWORD": "correct horse"})
    assert "key" not in guarded.address
    with httpx.Client(base_url=guarded.base, follow_redirects=True, headers={"origin": guarded.base}) as client:
        assert "password" in client.get("/queue").text and "xqzrtt" not in client.get("/queue").text
        assert client.post("/password", data={"password": "wrong horse"}).status_code == 403
        assert client.get("/queue").url.path == "/password"
        assert client.post("/password", data={"password": "correct horse"}).status_code == 200
        assert "xqzrtt" in client.get("/queue").text


def test_nothing_to_review_is_said(errata: Errata, tmp_path: Path) -> None:
    ran = errata("review", tmp_path, "--no-browser")
    assert ran.code == ExitCode.INPUT_FILE and "no finished documents" in ran.err
