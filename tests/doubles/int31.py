"""A board's small integer, -2**30 to 2**30 - 1, as a trap: anything larger costs memory there, so here it raises.

`load()` imports the device's counter with every arithmetic node of its source put through `check`, so no intermediate
escapes, whatever it is stored in.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).parents[2] / "firmware/repband_device/counter"
LEAST, MOST = -(1 << 30), (1 << 30) - 1
_NAME = "checked_counter"


class Seen:
    """What has been checked so far.

    Attributes:
        values: how many.
        largest: largest magnitude.
    """

    values = 0
    largest = 0


def check(value: object) -> object:
    """Gives the value back. Raises OverflowError if it is a number that is no small integer."""
    if isinstance(value, float):
        raise OverflowError(f"{value} is no whole number")
    if isinstance(value, int):
        Seen.values += 1
        Seen.largest = max(Seen.largest, abs(value))
        if not LEAST <= value <= MOST:
            raise OverflowError(f"{value} does not fit into 31 bits")
    return value


class _Checked(ast.NodeTransformer):
    """Puts a check around every sum, product, shift, division and negation."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        return _checked(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        return _checked(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        self.generic_visit(node)
        left = ast.parse(ast.unparse(node.target), mode="eval").body
        return ast.Assign([node.target], _checked(ast.BinOp(left, node.op, node.value)))

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        check(node.value)
        return node


def _checked(node: ast.expr) -> ast.expr:
    return ast.Call(ast.Name("_int31", ast.Load()), [node], [])


class _Loader(SourceFileLoader):
    def path_stats(self, path: str) -> dict[str, float]:
        raise OSError("never from a cache")

    def source_to_code(self, data: bytes, path: str, *, _optimize: int = -1):
        tree = _Checked().visit(ast.parse(data))
        tree.body[1:1] = ast.parse("from int31 import check as _int31").body  # behind the docstring
        return compile(ast.fix_missing_locations(tree), path, "exec")


class _Finder:
    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None):
        if name == _NAME:
            return importlib.util.spec_from_file_location(
                name,
                FOLDER / "__init__.py",
                loader=_Loader(name, str(FOLDER / "__init__.py")),
                submodule_search_locations=[str(FOLDER)],
            )
        if name.startswith(_NAME + "."):
            file = FOLDER / (name.split(".")[1] + ".py")
            return importlib.util.spec_from_file_location(name, file, loader=_Loader(name, str(file)))
        return None


def load() -> ModuleType:
    """The device's counter, checked."""
    if _NAME not in sys.modules:
        sys.meta_path.insert(0, _Finder)
        try:
            importlib.import_module(_NAME)
        finally:
            sys.meta_path.remove(_Finder)
    return sys.modules[_NAME]
