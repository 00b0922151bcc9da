"""HTML and SVG as text that can't be broken by what is put into it."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_ON_ONE_PAGE = 16  # rows that a table is not broken for
_VOID = frozenset({"meta", "link", "input", "br", "hr", "line", "rect", "circle", "path", "polyline"})


class Markup(str):
    """Text that is markup already; everything else is escaped when it is put into an element."""

    __slots__ = ()


Child = str | float | None | Iterable["Child"]


def tag(name: str, /, *children: Child, **attributes: str | float | None) -> Markup:
    """One element.

    Args:
        name: its name; line, rect and the like have no end tag.
        children: texts (escaped), markup, numbers, lists of these; None is left out.
        attributes: a trailing underscore is dropped (class_), others become hyphens; None is left out.
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_text(value), quote=True)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID and not children:
        return Markup(f"<{name}{said}/>")
    return Markup(f"<{name}{said}>{joined(*children)}</{name}>")


def joined(*children: Child) -> Markup:
    """Children one after the other."""
    return Markup("".join(_child(child) for child in children))


def _child(child: Child) -> str:
    match child:
        case None:
            return ""
        case Markup():
            return child
        case str() | float() | int():
            return escape(_text(child), quote=False)
        case _:
            return joined(*child)


def _text(value: str | float) -> str:
    """Numbers in their shortest form to two places: the same on every machine."""
    return value if isinstance(value, str) else f"{value + 0.0:.2f}".rstrip("0").rstrip(".")


def paragraph(*children: Child, class_: str | None = None) -> Markup:
    """A paragraph."""
    return tag("p", *children, class_=class_)


def bullets(items: Iterable[Child]) -> Markup:
    """A list with bullets."""
    return tag("ul", [tag("li", item) for item in items])


def table(
    heads: Iterable[Child], rows: Iterable[Iterable[Child]], *, caption: str, class_: str | None = None
) -> Markup:
    """A table with a heading row; the first cell of each row is its heading."""
    head = tag("thead", tag("tr", [tag("th", cell, scope="col") for cell in heads]))
    body: list[Child] = []
    for row in rows:
        first, *others = row
        body.append(tag("tr", tag("th", first, scope="row"), [tag("td", cell) for cell in others]))
    classes = " ".join(name for name in (class_, "keep" if len(body) <= _ON_ONE_PAGE else "") if name)
    return tag("table", tag("caption", caption), head, tag("tbody", body), class_=classes or None)
