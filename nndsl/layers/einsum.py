"""The equations of EinsumDense: `abc,cd->abd`, where the second part is the kernel.

The arithmetic is that of `keras.src.layers.core.einsum_dense._analyze_einsum_string`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nndsl.layers.checks import axes_text
from nndsl.layers.rule import Dim, LayerError, Shape, shape_text

#: Of the forms `abc,cd->abd`, `...c,cd->...d` and `ab...,bc->ac...`; as in Keras, what comes after
#: a match is not looked at.
_FORMS = (
    (re.compile(r"([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)"), False),
    (re.compile(r"\.\.\.([a-zA-Z]+),([a-zA-Z]+)->\.\.\.([a-zA-Z]+)"), True),
    (re.compile(r"([a-zA-Z]{2,})\.\.\.,([a-zA-Z]+)->([a-zA-Z]+)\.\.\."), False),
)


@dataclass(frozen=True)
class Einsum:
    """What an equation makes of an input: the output's shape and those of the weights."""

    output: Shape
    kernel: tuple[int, ...]
    bias: tuple[int, ...] | None
    #: The sizes of the input's axes that the kernel does not have, the batch left out.
    outer: Shape
    #: The output's shape with what is known of the input's.
    full_output: Shape


def solve(
    equation: str, shape: Shape, output_shape: Sequence[int | None], bias_axes: str | None
) -> Einsum:
    """Apply an equation to an input. `output_shape` leaves out the batch and what `...` stands for.

    Raises `LayerError` where the equation, the shapes and the bias axes do not go together.
    """
    source, kernel, target, left = _parts(equation)
    elided = "..." in equation
    more = len(shape) - len(source)
    if more < 0:
        raise _error(
            "S101",
            "the input has too few axes",
            f"{axes_text(len(source) - 1)} beside the batch",
            shape_text(shape),
            "equation",
        )
    if more and not elided:
        raise _error(
            "S101",
            "the input has more axes than the equation",
            f"{axes_text(len(source) - 1)} beside the batch, or `...` in the equation",
            shape_text(shape),
            "equation",
        )
    dims: list[Dim] = [shape[0], *output_shape]
    if left:
        dims[1:1] = shape[1:more]
    elif more:
        dims += shape[len(shape) - more :]
    shift = more if left else 0
    sizes = {letter: shape[shift + i] for i, letter in enumerate(source)}
    places = {letter: shift + i for i, letter in enumerate(target)}
    if len(output_shape) != len(target) - (not left):
        fewer = len(output_shape) < len(target) - (not left)
        raise _error(
            "A203",
            f"the equation's output has {'more' if fewer else 'fewer'} axes than `output_shape`",
            f"{len(target) - (not left)} sizes",
            str(list(output_shape)),
            "output_shape",
        )
    for letter in source:
        if letter in places:
            _join(dims, places[letter], sizes[letter], letter)
    made = {letter: dims[place] for letter, place in places.items()}
    shapes = _weight_shape(kernel, {**sizes, **made}, shape)
    inner = {shift + i for i, letter in enumerate(source) if letter in kernel}
    outer = tuple(shape[axis] for axis in range(1, len(shape)) if axis not in inner)
    bias = _bias_shape(target, made, bias_axes, 0 if left else more)
    full = list(dims)
    for letter, place in places.items():
        full[place] = dims[place] if dims[place] is not None else sizes.get(letter)
    return Einsum(tuple(dims), shapes, bias, outer, tuple(full))


def _parts(equation: str) -> tuple[str, str, str, bool]:
    for form, left in _FORMS:
        match = form.match(equation)
        if match:
            source, kernel, target = match.groups()
            for letter in target:
                if letter not in source + kernel:
                    raise _error(
                        "A203",
                        f"`{letter}` of the output is in neither input nor kernel",
                        "letters that stand before the arrow",
                        equation,
                        "equation",
                    )
            return source, kernel, target, left
    raise _error(
        "A203",
        "the equation has none of the three forms",
        "`ab,bc->ac`, `...b,bc->...c` or `ab...,bc->ac...`",
        equation,
        "equation",
    )


def _join(dims: list[Dim], place: int, size: Dim, letter: str) -> None:
    """Bring together the size of an axis in the input and in `output_shape`."""
    given = dims[place]
    if given is None:
        # Keras forgets a known size here, and later layers of Keras do not see it.
        dims[place] = size if isinstance(size, str) else None
    elif given != size:
        raise _error(
            "S103",
            f"`{letter}` has two sizes",
            f"{size}, as in the input",
            str(given),
            "output_shape",
        )


def _weight_shape(letters: str, sizes: dict[str, Dim], shape: Shape) -> tuple[int, ...]:
    known = []
    for letter in letters:
        if letter not in sizes:
            raise _error(
                "A203",
                f"`{letter}` of the kernel is in neither input nor output",
                "letters of the input or the output",
                letter,
                "equation",
            )
        size = sizes[letter]
        if not isinstance(size, int):
            raise _error(
                "S110",
                f"the kernel needs to know the size of `{letter}`",
                "a known size",
                shape_text(shape),
                None,
            )
        known.append(size)
    return tuple(known)


def _bias_shape(
    target: str, sizes: dict[str, Dim], bias_axes: str | None, trailing: int
) -> tuple[int, ...] | None:
    if bias_axes is None:
        return None
    if not bias_axes or set(bias_axes) - set(target):
        raise _error(
            "A203",
            "the bias needs axes of the output",
            f"letters of `{target}`",
            f"`{bias_axes}`",
            "bias_axes",
        )
    first = min(target.index(letter) for letter in bias_axes)
    shape = []
    for letter in target[first:]:
        size = sizes[letter] if letter in bias_axes else 1
        if not isinstance(size, int):
            raise _error(
                "S110",
                f"the bias needs to know the size of `{letter}`",
                "a known size, or other bias axes",
                "?",
                "bias_axes",
            )
        shape.append(size)
    return (*shape, *(1,) * trailing)


def _error(code: str, title: str, expected: str, received: str, argument: str | None) -> LayerError:
    return LayerError(
        code, f"EinsumDense: {title}", expected=expected, received=received, argument=argument
    )
