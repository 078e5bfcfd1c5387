"""A figure -> Mermaid, which GitHub draws, and the language of Graphviz."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from nndsl.drawing.colours import CHANGES, FAMILIES, LIGHT, edge, fill
from nndsl.drawing.figure import Figure, Node

_SAFE = set(" _-+=.,:/()[]×·")


def mermaid(figure: Figure) -> str:
    """Return the figure as a flowchart of Mermaid."""
    out = ["flowchart TD"]
    out += _nodes(figure.nodes, 1, _mermaid_node, _mermaid_open, "end")
    for source, target, shape in figure.arrows:
        label = f'|"{_entity(shape)}"|' if shape else ""
        out.append(f"    {source} -->{label} {target}")
    for name, nodes in _by_family(figure.nodes).items():
        colour = {**FAMILIES, **CHANGES}[name][1]
        paint = f"fill:{fill(colour, LIGHT)},stroke:{edge(colour, LIGHT)},color:{LIGHT['ink']}"
        out.append(f"    classDef {name} {paint}")
        out.append(f"    class {','.join(nodes)} {name}")
    return "\n".join(out) + "\n"


def _mermaid_node(node: Node) -> str:
    text = _entity(node.title) + "".join(f"<br/>{_entity(one)}" for one in _under(node))
    left, right = {"pill": ("([", "])"), "round": ("((", "))"), "folded": ("[[", "]]")}.get(
        node.form, ("[", "]")
    )
    return f'{node.key}{left}"{text}"{right}'


def _mermaid_open(node: Node) -> str:
    return f'subgraph {node.key}["{_entity(_full_title(node))}"]'


def _entity(text: str) -> str:
    """Return text in which all that could mean something to Mermaid or HTML is a number."""
    return "".join(
        c if c.isascii() and c.isalnum() or c in _SAFE else f"#{ord(c)};" if c.isprintable() else ""
        for c in text
    )


def dot(figure: Figure) -> str:
    """Return the figure in the language of Graphviz."""
    out = [
        f"digraph {_quoted(figure.title)} {{",
        '    node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=11]',
        '    edge [fontname="Helvetica", fontsize=9, arrowsize=0.7]',
        '    graph [fontname="Helvetica", fontsize=11]',
    ]
    out += _nodes(figure.nodes, 1, _dot_node, _dot_open, "}")
    for source, target, shape in figure.arrows:
        label = f" [label={_quoted(shape)}]" if shape else ""
        out.append(f"    {source} -> {target}{label}")
    return "\n".join([*out, "}"]) + "\n"


def _dot_node(node: Node) -> str:
    colour = {**FAMILIES, **CHANGES}[node.family][1]
    label = _quoted("\n".join([node.title, *_under(node)]))
    shape = {"round": ", shape=circle", "pill": ", shape=box"}.get(node.form, "")
    paint = f'fillcolor="{fill(colour, LIGHT)}", color="{edge(colour, LIGHT)}"'
    twice = ", peripheries=2" if node.form == "folded" or node.shared else ""
    return f"{node.key} [label={label}, {paint}{shape}{twice}]"


def _dot_open(node: Node) -> str:
    style = f'style="rounded,filled"; color="{LIGHT["frame"]}"; fillcolor="{LIGHT["box"]}"'
    return f"subgraph cluster_{node.key} {{ label={_quoted(_full_title(node))}; {style}"


def _quoted(text: str) -> str:
    text = "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


# ---- Both ----------------------------------------------------------------------------------


def _under(node: Node) -> list[str]:
    under = " · ".join(text for text in (node.detail, node.badge) if text)
    return [under] if under else []


def _full_title(node: Node) -> str:
    return f"{node.title} {node.badge}".strip()


def _nodes(
    nodes: Sequence[Node],
    depth: int,
    box: Callable[[Node], str],
    opened: Callable[[Node], str],
    end: str,
) -> Iterator[str]:
    indent = "    " * depth
    for node in nodes:
        if node.form == "open":
            yield indent + opened(node)
            yield from _nodes(node.nodes, depth + 1, box, opened, end)
            yield indent + end
        else:
            yield indent + box(node)


def _by_family(nodes: Sequence[Node]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in nodes:
        if node.form == "open":
            for name, keys in _by_family(node.nodes).items():
                found.setdefault(name, []).extend(keys)
        else:
            found.setdefault(node.family, []).append(node.key)
    return found
