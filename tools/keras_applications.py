"""What Keras's own source has of one of its applications, without what only serves others.

From the module of `keras.applications` are taken the functions and constants that a model is made
by, found from its own function on. It is read, never run. Left out are

- docstrings, comments, decorators and imports;
- the loading of weights, and all that only other values of `weights`, `include_top`,
  `input_tensor`, `pooling` and the like would lead to: the model is the one with its top, without
  weights, with the channels last, and an `if` that is decided by that is replaced by its branch;
- checks: an `if` that does nothing but raise or warn, and the calls that check shapes and words;
- these parameters and arguments themselves.
"""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: What is known of the model that is counted.
KNOWN = {
    "include_top": True,
    "weights": None,
    "input_tensor": None,
    "pooling": None,
    "minimalistic": False,
    "include_preprocessing": True,
    "weights_name": None,
}
#: Functions that only check what users give.
CHECKS = {"obtain_input_shape", "validate_activation"}
UNKNOWN = object()


def source_of(name: str) -> str:
    """Return the functions that make a model such as "ResNet50", without what is left out."""
    folder = _folder()
    path = next(p for p in sorted(folder.glob("*.py")) if f"def {name}(" in p.read_text("utf-8"))
    found: dict[tuple[str, str], ast.stmt] = {}
    _collect(folder, path.stem, name, found)
    parts = [ast.unparse(_without_checks(statement)) for statement in found.values()]
    return "\n\n\n".join(reversed(parts)) + "\n"


def _folder() -> Path:
    spec = importlib.util.find_spec("keras")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("Keras is not installed")
    return Path(spec.submodule_search_locations[0]) / "src" / "applications"


# ---- What belongs to a model


def _collect(folder: Path, module: str, name: str, found: dict[tuple[str, str], ast.stmt]) -> None:
    """Find the definition of a name, and those of all that it uses."""
    tree = ast.parse((folder / f"{module}.py").read_text(encoding="utf-8"))
    defined = dict(_definitions(tree))
    if name not in defined or (module, name) in found:
        return
    statement = found[module, name] = _without_checks(defined[name])
    for node in ast.walk(statement):
        if isinstance(node, ast.Name):
            _collect(folder, module, node.id, found)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            other = node.value.id
            if other != "imagenet_utils" and (folder / f"{other}.py").is_file():
                _collect(folder, other, node.attr, found)


def _definitions(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    for statement in tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            yield statement.name, statement
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            yield statement.targets[0].id, statement


# ---- What is left out


def _without_checks(statement: ast.stmt) -> ast.stmt:
    made = _Leaving().visit(statement)
    assert isinstance(made, ast.stmt)
    return ast.fix_missing_locations(made)


class _Leaving(ast.NodeTransformer):
    """Leaves out what only serves other models, other weights and wrong arguments."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.decorator_list = []
        arguments = node.args
        first = len(arguments.args) - len(arguments.defaults)
        pairs = [
            (argument, arguments.defaults[i - first] if i >= first else None)
            for i, argument in enumerate(arguments.args)
            if argument.arg not in KNOWN
        ]
        arguments.args = [argument for argument, _ in pairs]
        arguments.defaults = [default for _, default in pairs if default is not None]
        self.generic_visit(node)
        node.body = [part for part in node.body if not _is_text(part)] or [ast.Pass()]
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.decorator_list = []
        self.generic_visit(node)
        node.body = [part for part in node.body if not _is_text(part)]
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        node.keywords = [keyword for keyword in node.keywords if keyword.arg not in KNOWN]
        node.args = [a for a in node.args if not (isinstance(a, ast.Name) and a.id in KNOWN)]
        return self.generic_visit(node)

    def visit_If(self, node: ast.If) -> Any:
        decided = _decided(node.test)
        if decided is not UNKNOWN:
            return [
                made for part in (node.body if decided else node.orelse) for made in self.many(part)
            ]
        if all(_complains(part) for part in (*node.body, *node.orelse)):
            return None
        self.generic_visit(node)
        return node if node.body else None

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        decided = _decided(node.test)
        if decided is UNKNOWN:
            return self.generic_visit(node)
        made = self.visit(node.body if decided else node.orelse)
        assert isinstance(made, ast.AST)
        return made

    def visit_Assign(self, node: ast.Assign) -> Any:
        return None if _is_check(node.value) else self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> Any:
        return None if _is_check(node.value) else self.generic_visit(node)

    def many(self, part: ast.stmt) -> list[ast.AST]:
        made = self.visit(part)
        return made if isinstance(made, list) else [made] if made is not None else []


def _decided(test: ast.expr) -> Any:
    """Return whether a condition holds; `UNKNOWN` if what is known does not decide it."""
    if isinstance(test, ast.BoolOp):
        values = [_decided(part) for part in test.values]
        stops = isinstance(test.op, ast.Or)
        if any(value is not UNKNOWN and bool(value) is stops for value in values):
            return stops
        return UNKNOWN if UNKNOWN in values else not stops
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        value = _decided(test.operand)
        return UNKNOWN if value is UNKNOWN else not value
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        left, right = _decided(test.left), _decided(test.comparators[0])
        if UNKNOWN in (left, right):
            return UNKNOWN
        alike = left == right
        if isinstance(test.ops[0], (ast.Is, ast.Eq)):
            return alike
        return not alike if isinstance(test.ops[0], (ast.IsNot, ast.NotEq)) else UNKNOWN
    if isinstance(test, ast.Constant):
        return test.value
    if isinstance(test, ast.Name):
        return KNOWN.get(test.id, UNKNOWN)
    if isinstance(test, ast.Call) and ast.unparse(test) == "backend.image_data_format()":
        return "channels_last"
    return UNKNOWN


def _complains(part: ast.stmt) -> bool:
    """True for `raise` and `warnings.warn(...)`, also behind further conditions."""
    if isinstance(part, ast.If):
        return all(_complains(inner) for inner in (*part.body, *part.orelse))
    is_call = isinstance(part, ast.Expr) and isinstance(part.value, ast.Call)
    return isinstance(part, ast.Raise) or (is_call and "warn" in ast.unparse(part))


def _is_check(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and value.func.attr in CHECKS
    )


def _is_text(part: ast.stmt) -> bool:
    """True for a docstring."""
    return (
        isinstance(part, ast.Expr)
        and isinstance(part.value, ast.Constant)
        and isinstance(part.value.value, str)
    )


if __name__ == "__main__":
    import sys

    print(source_of(sys.argv[1]))
