"""What is said about argument lists that do not fit their callee."""

from __future__ import annotations

from collections.abc import Sequence

from nndsl.diagnostic import Fix, Label, did_you_mean, write_instead
from nndsl.edits import drop_written
from nndsl.resolve.scope import Scope
from nndsl.source import Span
from nndsl.syntax import tree

#: Layers whose tensors all stand in front of the arrow, where another takes them by name.
_AT_THE_ARROW = {name: ("query", "value", "key") for name in ("Attention", "AdditiveAttention")}


def unknown_argument(
    scope: Scope,
    callee: str,
    name: tree.Identifier,
    candidates: list[str],
    labels: tuple[Label, ...] = (),
    *,
    within: tuple[Span, Span] | None = None,
) -> None:
    """Report an argument that its callee does not have.

    `within` are the places of the callee and of the whole argument: one that Keras does without
    can then be taken out.
    """
    from nndsl.vocabulary import older, pytorch  # only for a message

    few = ", ".join(f"`{candidate}`" for candidate in candidates[:8])
    more = ", ..." if len(candidates) > 8 else ""
    hint, fix = older.HINTS.get(name.text), None
    reason = older.left_out(name.text) or pytorch.left_out(name.text)
    meant = older.argument(name.text, candidates) or pytorch.argument(name.text, candidates)
    if name.text in _AT_THE_ARROW.get(callee, ()):
        hint = f"all tensors stand in front of the arrow: `query, value -> {callee}`"
    elif hint is not None:
        pass
    elif reason is not None:
        hint = f"leave it out: {reason}"
        edits = drop_written(*within) if within is not None else None
        fix = Fix("leave it out", edits) if edits else None
    elif len(meant) == 1:
        hint = write_instead(meant[0])
    elif meant:
        hint = f"write {' and '.join(f'`{one}`' for one in meant)}"
    else:
        hint = did_you_mean(scope.reporter.guess(name.text, candidates))
    scope.reporter.error(
        "A201",
        name.span,
        f"unknown argument `{name.text}`",
        f"`{callee}` has no such argument",
        labels=labels,
        help=hint or (f"`{callee}` takes {few}{more}" if few else f"`{callee}` takes no arguments"),
        fix=fix,
    )


def surplus_argument(
    scope: Scope,
    callee: str,
    argument: tree.Argument,
    position: int,
    names: Sequence[str],
    labels: tuple[Label, ...] = (),
) -> None:
    """Report an argument behind the last that its callee takes."""
    most = len(names)
    few = ", ".join(f"`{name}`" for name in names) if labels else ""
    scope.reporter.error(
        "A210",
        argument.span,
        f"too many arguments for `{callee}`",
        f"argument {position + 1}",
        labels=labels,
        expected=f"at most {most}" if most else "no arguments",
        help=f"`{callee}` takes {few}" if few else None,
    )


def repeated_argument(scope: Scope, callee: str, argument: tree.Argument, name: str) -> None:
    """Report an argument that is given a second time."""
    scope.reporter.error(
        "A211",
        argument.span,
        f"`{callee}` is given `{name}` twice",
        "second time",
        help="delete one of them",
    )


def missing_arguments(
    scope: Scope,
    callee: str,
    span: Span,
    names: list[str],
    given: Sequence[tree.Argument],
    labels: tuple[Label, ...] = (),
) -> None:
    """Report required arguments that are not given."""
    what = ", ".join(f"`{name}`" for name in names)
    example = ", ".join([*["..."] * bool(given), *(f"{name}=..." for name in names)])
    first = given[0].value if given and given[0].name is None else None
    if isinstance(first, tree.Sequence) and len(given) == 1 and len(first.items) > len(names):
        example = ", ".join(item.span.text for item in first.items)  # `Resizing([16, 16])`
    scope.reporter.error(
        "A207",
        span,
        f"missing argument{'s' if len(names) > 1 else ''} {what}",
        f"`{callee}` cannot do without",
        labels=labels,
        help=f"write `{callee}({example})`",
    )


def layer_outside(scope: Scope, call: tree.Call) -> None:
    """Report a layer that is made where nothing can apply it, such as in a constant."""
    scope.reporter.error(
        "T005",
        call.span,
        "a layer stands outside of a model or block",
        "made in none",
        help="write it where it is applied, or on a `layer` line there",
    )
