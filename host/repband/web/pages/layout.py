"""What every page around a session shares: its head, the links between the pages, its sections."""

from __future__ import annotations

from collections.abc import Iterable

from repband.exercise.page import Section
from repband.report.markup import Child, Markup, bullets, joined, tag

_PLACES = (("/exercises", "Exercises"), ("/trends", "Trends"), ("/plan", "Write a plan"))


def document(
    title: str, here: str, *children: Child, in_session: bool, styles: Iterable[str] = (), scripts: Iterable[str] = ()
) -> str:
    """A whole page.

    Args:
        title: its heading's words, for the window.
        here: which of the places it belongs to, such as "/trends".
        children: what stands in it.
        in_session: whether a session runs that one may go back to.
        styles, scripts: further ones, by their path below /static.
    """
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1, viewport-fit=cover"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{title} · RepBand"),
        tag("link", rel="icon", href="/static/icon.svg", type="image/svg+xml"),
        [tag("link", rel="stylesheet", href=f"/static/{name}") for name in (*styles, "style.css", "pages.css")],
        [_script(name) for name in scripts],
    )
    body = tag("body", _header(here, in_session), tag("main", *children, id="content"), class_="doc")
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def section_cards(parts: Iterable[Section]) -> Markup:
    """Sections as `repband.exercise.page` and `repband.plan.page` give them, one card each."""
    return joined([tag("section", tag("h2", heading), _entries(entries)) for heading, entries in parts])


def _entries(entries: Iterable[str]) -> Markup:
    listed = list(entries)
    if len(listed) == 1:
        return tag("p", listed[0])
    if all(entry.startswith(f"{number}. ") for number, entry in enumerate(listed, start=1)):
        return tag("ol", [tag("li", entry.split(". ", 1)[1]) for entry in listed])
    return bullets(listed)


def _header(here: str, in_session: bool) -> Markup:
    places = (("/", "Session"), *_PLACES) if in_session else _PLACES
    links = [tag("a", name, href=path, aria_current="page" if path == here else None) for path, name in places]
    return tag(
        "header",
        tag("a", "To the content", href="#content", class_="skip"),
        tag("span", "RepBand", class_="brand"),
        tag("nav", links, aria_label="Pages"),
    )


def _script(name: str) -> Markup:
    kind = None if name.endswith(".iife.min.js") else "module"
    return tag("script", src=f"/static/{name}", type=kind, defer="" if kind is None else None)
