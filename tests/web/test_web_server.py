"""The server: who is let in, who steers, what a page is told; slow and dead pages hold nobody up."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from repband.web.gate import PAGES, PAGES_PER_BROWSER, Gate, Watchers
from repband.web.serve import lan_address
from web_watch import three_bridges

Put = Callable[..., Any]
PAGE = "page-number-1"


def ask(
    on: Any, path: str, method: str = "GET", host: str | None = None, at: str = "127.0.0.1", **more: Any
) -> tuple[int, str, dict[str, str]]:
    connection = http.client.HTTPConnection(at, on.gate.port, timeout=5)
    headers = {"Host": host or f"{at}:{on.gate.port}"} | more.get("headers", {})
    connection.request(method, path, more.get("body"), headers)
    answer = connection.getresponse()
    found = answer.status, answer.read().decode(), dict(answer.getheaders())
    connection.close()
    return found


@pytest.fixture
def watch() -> Iterator[Callable[..., socket.socket]]:
    """Opens streams of events, with nothing read yet but the beginning of the answer; closed after the test."""
    streams: list[socket.socket] = []

    def opened(on: Any, page: str = PAGE, browser: str = "one") -> socket.socket:
        stream = socket.create_connection(("127.0.0.1", on.gate.port), timeout=5)
        streams.append(stream)
        head = f"GET /events?page={page} HTTP/1.1\r\nHost: 127.0.0.1:{on.gate.port}\r\n"
        stream.sendall(f"{head}Cookie: repband_browser={browser}\r\n\r\n".encode())
        assert stream.recv(12) == b"HTTP/1.1 200"
        return stream

    yield opened
    for stream in streams:
        stream.close()


def command(on: Any, name: str, page: str = PAGE, **args: Any) -> int:
    body = json.dumps({"name": name, "args": args})
    status, _, _ = ask(on, "/command", "POST", body=body, headers={"X-RepBand-Page": page})
    return status


def soon(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    until_s = time.monotonic() + seconds
    while not condition() and time.monotonic() < until_s:
        time.sleep(0.01)
    return condition()


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "localhost:1", "repband.local"])
def test_a_foreign_host_is_refused(stage: Put, host: str) -> None:
    assert ask(stage(), "/", host=host)[0] == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"])
@pytest.mark.parametrize(("path", "method"), [("/events?page=12345678", "GET"), ("/command", "POST"), ("/", "GET")])
def test_a_foreign_origin_is_refused(stage: Put, origin: str, path: str, method: str) -> None:
    assert ask(stage(), path, method, headers={"Origin": origin})[0] == 403


def test_the_own_page_is_let_in_and_well_protected(stage: Put) -> None:
    on = stage()
    status, text, headers = ask(on, "/", headers={"Origin": f"http://127.0.0.1:{on.gate.port}"})
    assert (status, "<title>RepBand</title>" in text) == (200, True)
    assert "default-src 'self'" in headers["content-security-policy"]
    assert ask(on, "/", host=f"localhost:{on.gate.port}")[0] == 200


def test_the_default_listens_on_loopback_only(stage: Put) -> None:
    address = lan_address()
    if address is None or address.startswith("127."):
        pytest.skip("this machine has no network address of its own")
    on = stage()
    with pytest.raises(OSError, match=r"refused|timed out"):
        socket.create_connection((address, on.gate.port), timeout=2).close()


def test_on_the_network_a_token_opens_one_device_once(stage: Put) -> None:
    address = lan_address()
    if address is None or address.startswith("127."):
        pytest.skip("this machine has no network address of its own")
    on = stage(lan_hosts=(address,))
    assert ask(on, "/", at=address)[0] == 403
    assert ask(on, "/join?token=wrong", at=address)[0] == 403
    assert ask(on, "/join", at=address)[0] == 403
    token = on.gate.token
    status, _, headers = ask(on, f"/join?token={token}", at=address)
    assert (status, headers["location"]) == (303, "/")
    cookie = headers["set-cookie"].split(";")[0]
    assert ask(on, "/", at=address, headers={"Cookie": cookie})[0] == 200
    assert ask(on, f"/join?token={token}", at=address)[0] == 403
    assert on.gate.token != token
    assert ask(on, "/", at=address, headers={"Cookie": "repband_key=wrong"})[0] == 403
    assert ask(on, "/")[0] == 200  # this machine needs none
    assert "<svg" in ask(on, "/qr.svg")[1]


def test_without_lan_there_is_no_code(stage: Put) -> None:
    on = stage()
    assert ask(on, "/qr.svg")[0] == 404
    assert ask(on, f"/join?token={on.gate.token}")[0] == 403


def test_only_the_page_that_steers_commands(stage: Put, watch: Put) -> None:
    on = stage()
    assert command(on, "start") == 403  # nobody watches yet
    watch(on)
    watch(on, "page-number-2", "two")
    assert soon(lambda: on.watchers.count == 2)
    assert command(on, "start", "page-number-2") == 403
    assert command(on, "start") == 204
    assert soon(lambda: on.session.state.name == "READY")


NO_COMMANDS = (
    "",
    "[]",
    "{",
    '{"name": "launch"}',
    '{"name": "start", "more": 1}',
    '{"name": "ask", "args": {}}',
    '{"name": "start", "args": {"x": [1]}}',
    '{"name": "start", "args": {"name": "y"}}',
    '{"name": "' + "x" * 9000 + '"}',
)


@pytest.mark.parametrize("body", NO_COMMANDS, ids=range(len(NO_COMMANDS)))
def test_what_is_no_command_is_refused_and_harms_nothing(stage: Put, watch: Put, body: str) -> None:
    on = stage()
    watch(on)
    soon(lambda: on.watchers.count == 1)
    assert ask(on, "/command", "POST", body=body, headers={"X-RepBand-Page": PAGE})[0] == 400
    assert on.running


def test_slow_and_dead_pages_hold_nobody_up(stage: Put, watch: Put) -> None:
    on = stage(three_bridges(reps=5), speed=20.0)
    for n in range(4):  # they never read
        watch(on, f"slow-page-{n}", f"browser-{n}")
    dead = watch(on, "dead-page-1", "browser-dead")
    dead.close()
    soon(lambda: on.watchers.count >= 4)
    assert command(on, "start", "slow-page-0") == 204
    begun_s, wearer_s = time.monotonic(), on.wearer.now_s
    time.sleep(2.0)
    lived_s = on.wearer.now_s - wearer_s
    assert lived_s > 0.5 * 20.0 * (time.monotonic() - begun_s)
    begun_s = time.monotonic()
    assert ask(on, "/texts")[0] == 200
    assert time.monotonic() - begun_s < 0.5


def test_a_page_that_comes_late_is_told_everything_at_once(stage: Put, watch: Put) -> None:
    on = stage(three_bridges(reps=5), speed=20.0)
    watch(on)
    soon(lambda: on.watchers.count == 1)
    command(on, "start")
    assert soon(lambda: on.board._state.plain["said"] >= 3, 20.0)
    late, text = watch(on, "late-page-1", "late"), b""
    while text.count(b"data: ") < 2:
        text += late.recv(65536)
    first = json.loads(text.decode().split("data: ")[1].split("\n")[0])
    assert first["said"] >= 3
    assert len(first["reps"]) >= 2
    assert len(first["trace"]["deg"]) > 100
    assert first["steers"] is False


def test_a_tab_too_many_is_told_so_and_let_go(stage: Put, watch: Put) -> None:
    on = stage()
    for n in range(PAGES_PER_BROWSER):
        watch(on, f"tab-number-{n}")
    soon(lambda: on.watchers.count == PAGES_PER_BROWSER)
    one_more, text = watch(on, "tab-number-9"), b""
    while b"0\r\n\r\n" not in text and (chunk := one_more.recv(4096)):
        text += chunk
    assert b"event: full" in text


NAMES = st.sampled_from([f"page-{n}" for n in range(20)])
MOVES = st.lists(st.tuples(st.sampled_from(["open", "close", "take"]), NAMES, st.sampled_from(["a", "b", "c", "d"])))


@given(MOVES)
def test_there_is_one_who_steers_whenever_anybody_watches(moves: list[tuple[str, str, str]]) -> None:
    watchers, opened = Watchers(), {}
    for what, page, browser in moves:
        match what:
            case "open":
                number = watchers.open(page, browser)
                opened |= {page: number} if number is not None else {}
            case "close":
                watchers.close(page, opened.pop(page, 0))
            case _:
                assert watchers.take_over(page) == (page in opened)
        assert watchers.count == len(opened) <= PAGES
        assert (watchers.steers in opened) if opened else watchers.steers is None


def test_a_page_that_reconnects_keeps_its_place() -> None:
    watchers = Watchers()
    first = watchers.open("page", "browser")
    again = watchers.open("page", "browser")
    assert first is not None and again is not None
    watchers.close("page", first)  # the old connection ends after the new one has begun
    assert watchers.steers == "page"
    watchers.close("page", again)
    assert watchers.steers is None


@pytest.mark.parametrize(("client", "needs"), [("127.0.0.1", False), ("::1", False), ("192.168.1.5", True), ("", True)])
def test_only_this_machine_needs_no_key(client: str, needs: bool) -> None:
    assert Gate(1).needs_key(client) is needs
