"""The computer stays awake in a session, or says that it may not."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from repband.cli.sources import staying_awake
from repband.link.awake import NOTICE, awake
from repband.link.source import LinkSource
from repband.source import StdinSource


def wakepy(agrees: bool, log: list[str]):
    @contextmanager
    def presenting(on_fail: str):
        assert on_fail == "pass"
        log.append("on")
        yield SimpleNamespace(active=agrees)
        log.append("off")

    return SimpleNamespace(keep=SimpleNamespace(presenting=presenting))


@pytest.mark.parametrize("agrees", [True, False])
def test_asks_the_system_and_lets_go(monkeypatch: pytest.MonkeyPatch, agrees: bool):
    log: list[str] = []
    said: list[str] = []
    monkeypatch.setitem(sys.modules, "wakepy", wakepy(agrees, log))
    with awake(said.append) as asked:
        assert log == ["on"]
        assert asked is agrees
    assert log == ["on", "off"]
    assert said == ([] if agrees else [NOTICE])


def test_without_wakepy_it_says_so_and_goes_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "wakepy", None)
    said: list[str] = []
    with awake(said.append) as asked:
        assert asked is False
    assert said == [NOTICE]


def test_the_real_one_never_breaks_a_session():
    said: list[str] = []
    with awake(said.append) as asked:
        assert asked is not bool(said)


def test_only_sensors_keep_it_awake(monkeypatch: pytest.MonkeyPatch):
    log: list[str] = []
    monkeypatch.setitem(sys.modules, "wakepy", wakepy(True, log))
    with staying_awake(StdinSource(), log.append):
        assert log == []
    with staying_awake(LinkSource(None), log.append):  # type: ignore[arg-type]
        assert log == ["on"]
