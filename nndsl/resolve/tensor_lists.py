"""Lists of tensors: `x as skips[]` puts one in, `skips[-1]` takes one out, `skips` is all of them.

A list begins with its first item, and belongs to the whole model or block, so that the rounds of a
loop all put into the same. With one more item it is another value of the same name: what is carried
through loops and choices is known for lists as it is for tensors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nndsl import graph
from nndsl.diagnostic import Label
from nndsl.resolve.expressions import resolve_part
from nndsl.source import Span
from nndsl.syntax import tree

if TYPE_CHECKING:
    from nndsl.resolve.body import BodyResolver


def put(body: BodyResolver, name: tree.ListName, value: graph.Value) -> None:
    """Put a tensor into a list, which begins here if there is none of the name."""
    known = body.names.tensors.get(name.text)
    if known is None:
        known = _begin(body, name)
    elif not known.poisoned and not known.is_list:
        body.reporter.error(
            "G703",
            name.span,
            f"`{name.text}` is a tensor, not a list",
            "put into it here",
            labels=(Label(known.span, "named here"),),
            help="choose another name for the list",
        )
        body.names.whole = False
        return
    if known is None:
        body.names.whole = False
        return
    if known.poisoned or value.poisoned:
        poison(body, name)
        return
    output = graph.Value(name.span, name.text, is_list=True)
    body.names.give_again(name.text, output, name.span)
    last = body.nodes[-1] if body.nodes else None
    if isinstance(last, graph.ListNode) and last.outputs == (known,) and last.before is None:
        body.nodes.pop()
        body.nodes.append(graph.ListNode(last.span, None, (*last.items, value), (output,)))
    else:
        body.nodes.append(graph.ListNode(name.span, known, (value,), (output,)))


def poison(body: BodyResolver, name: tree.Identifier) -> None:
    """Know nothing of a name; of a list's, neither behind the loop that it is put into in."""
    root = body.root()
    if isinstance(name, tree.ListName) and root.names.place_of(name.text) is None:
        root.names.poison(name)
    body.names.poison(name)


def _begin(body: BodyResolver, name: tree.ListName) -> graph.Value | None:
    """Make an empty list in the model or block itself; None if the name is taken."""
    root = body.root()
    place = body.scope.place_of(name.text) or body.names.place_of(name.text)
    if place is not None:
        root.names.taken(name, place)
        return None
    root.names.claim(name)
    made = graph.Value(name.span, name.text, is_list=True)
    root.names.tensors[name.text] = made
    root.nodes.append(graph.ListNode(name.span, None, (), (made,)))
    return body.names.tensors[name.text]


def item(
    body: BodyResolver, source: tree.Subscript, taken_from: graph.Value, name: str | None
) -> graph.Value | None:
    """Take a tensor, or a part, out of a list."""
    if len(source.parts) > 1 or isinstance(source.parts[0], tree.Rest):
        text = source.value.span.text
        body.reporter.error(
            "S116",
            source.span,
            f"`{text}` is a list of tensors, which has one index",
            "an index of a tensor",
            help=f"to take a part of the first tensor in it, write `{text}[0][:, -1]`",
        )
        return None
    index = resolve_part(body.scope, source.parts[0])
    if index is None:
        return None
    is_list = isinstance(index, graph.Range)
    if taken_from.poisoned:
        return graph.Value(source.span, poisoned=True, is_list=is_list)
    output = graph.Value(source.span, None if is_list else name, is_list=is_list)
    body.nodes.append(graph.ItemNode(source.span, taken_from, index, (output,)))
    return output


def is_item(body: BodyResolver, source: tree.Subscript) -> bool:
    """True for `skips[0]` if `skips` is a list of tensors."""
    return isinstance(source.value, tree.Reference) and body.names.is_list(source.value.name)


def layer_word(names: Sequence[tree.Identifier]) -> str | None:
    """Return the name that what makes tensors takes from theirs; None if it takes none."""
    return None if not names or isinstance(names[0], tree.ListName) else names[0].text


def tensor_words(names: Sequence[tree.Identifier]) -> tuple[str | None, ...]:
    """Return what tensors are called; one that goes into a list is called nothing."""
    return tuple(None if isinstance(name, tree.ListName) else name.text for name in names)


def refuse_lists(
    body: BodyResolver, values: Sequence[graph.Value], span: Span, where: str, what: str = "one"
) -> bool:
    """Report a list where tensors are taken one by one; return True if there is one."""
    found = next((value for value in values if value.is_list and not value.poisoned), None)
    if found is None:
        return False
    text = found.name or found.span.text
    body.reporter.error(
        "S116",
        span,
        f"`{text}` is a list of tensors, and {where} takes {what}",
        "takes no list",
        labels=(Label(found.span, "the list"),) if found.span != span else (),
        help=f"take one out of it, such as `{found.name or 'skips'}[0]`, or merge them: "
        f"`{text} -> Concatenate`",
    )
    body.names.whole = False
    return True
