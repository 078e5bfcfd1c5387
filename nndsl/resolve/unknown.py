"""What is said of names that there are not: of layers, tensors, arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nndsl import layers, vocabulary
from nndsl.diagnostic import Advice, Label, did_you_mean
from nndsl.layers.refused import refusal
from nndsl.source import Span
from nndsl.syntax import tree

if TYPE_CHECKING:
    from nndsl.resolve.body import BodyResolver


def is_stage(body: BodyResolver, name: str) -> bool:
    """True if the name can stand behind an arrow."""
    return (
        body.blocks.is_block(name)
        or layers.find(name) is not None
        or vocabulary.signature("activations", name) is not None
    )


def report_unknown_stage(body: BodyResolver, stage: tree.Apply, layers_only: bool = False) -> None:
    name, span = stage.callee.text, stage.callee.span
    reporter = body.reporter
    reason = refusal(name)
    if reason is not None:
        reporter.error(
            "G707", span, f"`{name}` is no layer of this language", "not here", help=reason
        )
    elif name in body.scope.poisoned or body.later.report(body, name, span):
        return
    elif name in body.names.tensors and body.names.tensors[name].poisoned:
        return  # it is unknown itself, and was reported
    elif name in body.names.tensors:
        what = "a list of tensors" if body.names.is_list(name) else "a tensor"
        place = body.names.places.get(name)
        reporter.error(
            "G707",
            span,
            f"`{name}` is {what}, not a layer",
            "what stands behind an arrow is applied",
            labels=(Label(place, "defined here"),) if place is not None else (),
            help=f"to name a tensor, write `as {name}`; to start from it, begin a line with it",
        )
    elif body.scope.constant_or_parameter(name, span):
        reporter.error("G707", span, f"`{name}` is a number, not a layer", "cannot be applied")
    elif layers_only and _has_no_weights(body, stage):
        return
    else:
        last = name.rpartition(".")[2]
        candidates = list(layers.all_layers())
        if not layers_only:
            candidates += [*body.names.shared, *body.blocks.names()]
            candidates += vocabulary.names("activations")
        guess = last if last != name and last in candidates else reporter.guess(last, candidates)
        guess = guess or _operation_named(last)
        exact = last in candidates
        reporter.error(
            "G705",
            span,
            f"unknown layer `{name}`",
            "not a layer, block or activation",
            help=(None if exact else pytorch_stage(stage)) or did_you_mean(guess),
        )


def _has_no_weights(body: BodyResolver, stage: tree.Apply) -> bool:
    """Report what a `layer` line needs not make, or cannot: it is no layer with weights."""
    from nndsl import operations  # only for a message

    name, written = stage.callee.text, stage.span.text
    where = f"apply it where it is needed, `x -> {written}`"
    help_: str | None = where
    if name in body.names.shared:
        title, label = f"the layer `{name}` is made already", "not a layer to be made"
        help_ = f"apply it under its own name: `x -> {name}`"
    elif operations.find(name) is not None:
        title, label = f"`{name}` has no weights to share", "an operation"
    elif vocabulary.signature("activations", name) is not None and layers.find(name) is None:
        title, label = f"`{name}` has no weights to share", "an activation"
        if stage.arguments is None:
            help_ = Advice(f"{where}, or write `Activation({name})`", f"Activation({name})")
    else:
        return False
    body.reporter.error("G707", stage.span, title, label, help=help_)
    return True


def pytorch_stage(stage: tree.Apply) -> str | None:
    """Return a hint at what is written here for a layer or function of PyTorch."""
    from nndsl.vocabulary import older, pytorch  # only for a message

    if stage.callee.text in older.LAYERS:
        return did_you_mean(older.LAYERS[stage.callee.text])
    found = pytorch.stage(stage.callee.text)
    if found is None:
        return None
    name, sizes = found
    rule = layers.find(name)
    given = [a.value.span.text for a in stage.arguments or () if a.name is None]
    needed = sum(p.required for p in rule.parameters) if rule is not None else 0
    kept = given[sizes:] if len(given) > needed else given
    if kept == given:
        return did_you_mean(name)
    written = f"{name}({', '.join(kept)})" if kept else name
    return did_you_mean(written, stage.span)


def _operation_named(name: str) -> str | None:
    """Return the operation that is meant by its bare name: `ops.mean` for `mean`."""
    from nndsl import operations  # only for a message

    rule = operations.find(f"ops.{name}")
    return rule.name if rule is not None else None


def report_not_a_tensor(body: BodyResolver, name: str, span: Span) -> None:
    """Report a name where a tensor is needed: it is none, or it is something else."""
    if name == tree.INCOMING:
        body.reporter.error(
            "G706",
            span,
            "`_` is the one tensor that comes over an arrow",
            "here is none, or are several",
            help="it stands in the arguments of a stage: `x -> MultiHeadAttention(8, 64, value=_)`",
        )
        return
    if name in body.names.shared:
        what, hint = "a layer", f"apply it: `x -> {name}`"
    elif body.scope.constant_or_parameter(name, span):
        what, hint = "a number, not a tensor", "arrows carry tensors"
        if name in body.scope.parameters:
            what, hint = (
                "a parameter, not a tensor",
                f"tensors come in by a line `input {name}`",
            )
    elif is_stage(body, name):
        what, hint = "a layer", f"put a tensor in front of it: `x -> {name}`"
    elif name in body.inner_names:
        body.reporter.error(
            "G705",
            span,
            f"`{name}` is known only inside a loop or choice",
            "not known here",
            labels=(Label(body.inner_names[name], "named here"),),
            help="name a tensor in front of the loop, and give it its name again inside; "
            "in a choice, name it in both parts",
        )
        return
    else:
        known = [known for known, value in body.names.tensors.items() if not value.poisoned]
        guess = body.reporter.guess(name, known)
        owner = name.partition(".")[0]
        if owner != name and owner in body.names.tensors:
            hint = f"tensors have no attributes: begin with `{owner}`, and write what is done to it"
            hint += " behind arrows"
        elif owner != name:
            hint = "names of tensors have no dots"
        else:
            hint = (
                did_you_mean(guess)
                or _unnamed_end(body, name)
                or f"define it first: `... -> Dense(3) as {name}`"
            )
        body.reporter.error("G705", span, f"unknown name `{name}`", "no such tensor", help=hint)
        return
    body.reporter.error("G706", span, f"`{name}` is {what}", "a tensor is needed", help=hint)


def _unnamed_end(body: BodyResolver, name: str) -> str | None:
    """Return a hint at the line above an `output` that should have named its result."""
    above = body.lines[body.line - 1] if body.line else None
    # The inside of a loop that is a stage has no lines.
    at_output = bool(body.lines) and isinstance(body.lines[body.line], tree.Output)
    if at_output and isinstance(above, tree.Flow) and above.steps and not above.steps[-1].names:
        last = above.steps[-1].span
        line = last.source.line_column(last.end)[0]
        return f"name what comes out of line {line}: add `as {name}` at its end"
    return None
