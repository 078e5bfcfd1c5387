"""The outline: every layer as it is applied, with its place in the tree and its arrows."""

from __future__ import annotations

from pathlib import Path

import pytest

from nndsl.compiler import check_source
from nndsl.outline import Group, Outline, Unit, outline
from nndsl.source import Source

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "examples").rglob("*.nn"))


def outline_of(text: str) -> Outline:
    checked = check_source(Source("<test>", text))
    assert not checked.diagnostics, checked.diagnostics
    return outline(next(iter(checked.shaped.models.values())))


def tree(group: Group) -> list[object]:
    """Return the names of what is inside, and for groups their kind and title as well."""
    found: list[object] = []
    for member in group.members:
        if isinstance(member, Group):
            found.append((member.kind, member.title, tree(member)))
        else:
            found.append(member.name)
    return found


def arrows(view: Outline) -> set[tuple[str, str]]:
    pairs = set()
    for unit in view.units:
        for tensor in unit.inputs:
            maker = view.maker(tensor)
            assert maker is not None
            assert unit in view.users(tensor)
            assert tensor.origin is not None and maker.outputs[tensor.origin[1]] is tensor
            pairs.add((maker.name, unit.name))
    return pairs


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_examples(path: Path) -> None:
    """Every layer stands in the outline once with its weights, and every tensor has its maker."""
    checked = check_source(Source(path.name, path.read_text(encoding="utf-8")))
    for shaped in checked.shaped.models.values():
        view = outline(shaped)
        first = [unit.layer for unit in view.units if unit.layer and not unit.again]
        assert first == list(shaped.layers)
        made: set[object] = set()
        for unit in view.units:
            for tensor in unit.inputs:
                assert tensor.origin in made, f"{unit.name} uses what is made later"
            made.update(tensor.origin for tensor in unit.outputs)
        assert len(made) == sum(len(unit.outputs) for unit in view.units)
        assert all(tensor and tensor.origin in made for tensor in view.root.outputs)


def test_tree() -> None:
    view = outline_of("""
block Pair(units, rate = 0.1) = Dense(units) -> Dropout(rate)
model M(deep = true) {
    input x: [8]
    x -> repeat 2 { Pair(8) } -> for n in [4, 8] { Dense(n) -> relu } as h
    if deep {
        h -> Pair(4, rate=0.5) as h
    }
    h[:, 0:2] as part
    part -> ops.exp as y
    output y
}
""")
    assert tree(view.root) == [
        "x",
        (
            "loop",
            "repeat: 2 rounds",
            [
                ("block", "Pair(8)", ["pair1_dense", "pair1_dropout"]),
                ("block", "Pair(8)", ["pair2_dense", "pair2_dropout"]),
            ],
        ),
        (
            "loop",
            "for n: 2 rounds",
            [("round", "n=4", ["h1_dense", "h1_relu"]), ("round", "n=8", ["h2_dense", "h2_relu"])],
        ),
        ("block", "Pair(4, rate=0.5)", ["h_1_dense", "h_1_dropout"]),
        "part",
        "y",
    ]
    repeat, for_ = [member for member in view.root.members if isinstance(member, Group)][:2]
    assert repeat.alike and not for_.alike
    assert [unit.name for unit in view.units if unit.rule and unit.layer is None] == ["part", "y"]
    dense = next(unit for unit in view.units if unit.name == "pair1_dense")
    assert dense.arguments == {"units": 8}
    assert dense.multiply_adds == 64 and dense.activation_bytes == 32
    assert len(dense.calls) == 1


def test_layers_that_leave_their_input_alone() -> None:
    """A tensor has one maker, also where a layer's function returns the very tensor it got."""
    view = outline_of("""
model M {
    input x: [8]
    layer same = Dense(8)
    x -> Dropout(0.5) -> Identity -> relu as a
    a -> same -> same -> ActivityRegularization(0.1) as b
    a, b -> Add as y
    output y
}
""")
    assert arrows(view) == {
        ("x", "dropout"),
        ("dropout", "identity"),
        ("identity", "a"),
        ("a", "same"),
        ("same", "same"),
        ("same", "b"),
        ("a", "y"),
        ("b", "y"),
    }
    same = [unit for unit in view.units if unit.name == "same"]
    assert [unit.again for unit in same] == [False, True]
    assert all(unit.is_shared for unit in same)
    assert [len(unit.weights) for unit in same] == [2, 0]


def test_several_tensors_and_roles() -> None:
    view = outline_of("""
model M {
    input x: [5, 4]
    input memory: [7, 4]
    x -> LSTM(4, return_sequences=true, return_state=true) as out, h, c
    memory -> LSTM(4, return_sequences=true, initial_state=[h, c]) as query
    query -> MultiHeadAttention(2, 2, value=out) as y
    output y
}
""")
    lstm, second, attention = (unit for unit in view.units if unit.rule)
    assert [tensor.origin for tensor in second.inputs[1:]] == [(0, 1), (0, 2)]
    assert [view.maker(tensor) for tensor in second.inputs[1:]] == [lstm, lstm]
    assert second.roles == ("", "initial_state", "initial_state")
    assert attention.roles == ("", "value")


def test_loops_without_rounds_and_blocks_that_hand_on() -> None:
    view = outline_of("""
block Nothing(n) = repeat n { Dense(4) }
block Swap {
    input a
    input b
    output b, a
}
model M(n = 0) {
    input x: [4]
    input z: [4]
    x, z -> Swap as p, q
    p -> Nothing(n) -> Dense(4) as y
    y, q -> Subtract as d
    output d
}
""")
    assert arrows(view) == {("z", "y"), ("y", "d"), ("x", "d")}
    assert isinstance(view.units[0], Unit)


def test_rounds_that_differ_only_in_their_shapes_are_alike() -> None:
    view = outline_of("""
model M {
    input x: [4]
    input z: [4]
    x -> repeat 3 { ( _ | Dense(2) ) -> Concatenate } as grown
    for i in range(2) {
        grown, z -> Concatenate as grown
    }
    for i in range(2) {
        z -> Dense(i + 1) as z
    }
    grown, z -> Concatenate as y
    output y
}
""")
    loops = [member for member in view.root.members if isinstance(member, Group)]
    assert [loop.alike for loop in loops] == [True, True, False]
