from __future__ import annotations

from nndsl import graph
from nndsl.data import Array, DataFile
from nndsl.layers.rule import shape_text
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View
from nndsl.shapes.features import Stored

#: How files of images begin.
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM")
_NUMBERS = {"float32": "floats", "int64": "integers", "string": "texts or bytes"}


@rule("error", needs=("train",))
def stored_otherwise(view: View, report: Report) -> None:
    """A feature of a record is stored in another way than it is read.

    A record holds floats, integers or bytes. TensorFlow stops at the first batch, "Data types don't
    match" or "Key: x.  Can't parse serialized Example", where a feature has another kind, or
    another number of values. The first record is looked at.

    Wrong (with a file in which `label` is an integer, and `picture` 64 bytes):
        model Digits {
            input picture: [8, 8, 1]
            picture -> Flatten -> Dense(10, softmax) as label
            output label
        }
        train {
            data: tfrecord("digits.tfrecord")
            loss: sparse_categorical_crossentropy
        }

    Right (with a file in which `label` is an integer, and `picture` 64 bytes):
        model Digits {
            input picture: [8, 8, 1]
            picture -> Flatten -> Dense(10, softmax) as label
            output label
        }
        train {
            data: tfrecord("digits.tfrecord", picture=raw(dtype=uint8))
            loss: sparse_categorical_crossentropy
        }

    Source: https://www.tensorflow.org/tutorials/load_data/tfrecord
    """
    assert view.trained is not None
    source, file = view.trained.source, view.trained.file
    if source is None or not view.trained.features or "T808" in view.told:
        return  # what is read is not clear, which is told by itself
    if file is not None and file.problem is None and _file(view, report, source, file, first=True):
        return
    for other, its_file in view.trained.others:
        if other.kind == source.kind and its_file.problem is None:
            _file(view, report, other, its_file, first=False)


def _file(
    view: View, report: Report, source: graph.DataSource, file: DataFile, *, first: bool
) -> bool:
    """Report what a file has otherwise, and return whether there is something.

    What the `first` lacks is told by itself.
    """
    assert view.trained is not None
    if file.compression != view.trained.compression:
        word = file.compression
        report(
            source.span,
            f"`{source.path}` is {f'compressed by {word}' if word else 'not compressed'}",
            "read as something else",
            help=f"write `compression={word}`" if word else "leave `compression` out",
        )
        return True
    told = False
    for name, stored in view.trained.features.items():
        array = file.arrays.get(stored.feature)
        if array is None and (first or stored.varies):
            continue
        expected, received, word = (
            _problem(stored, array) if array is not None else (f"`{stored.feature}`", "nothing", "")
        )
        if expected:
            told = True
            missing = f"`{source.path}` has no feature `{stored.feature}`"
            title = f"`{stored.feature}` of `{source.path}` is stored in another way"
            report(
                stored.span if first else source.span,
                title if array is not None else missing,
                f"for `{name}`",
                expected=expected,
                received=received,
                help=f"write `{name}={_named(word, stored, name)}`" if word else None,
            )
    return told


def _problem(stored: Stored, array: Array) -> tuple[str, str, str]:
    """Return what is read, what there is, and what to write; empty texts where nothing is wrong."""
    count = array.shape[-1]
    if array.dtype != stored.stored and (count or not stored.varies):
        received = _NUMBERS[array.dtype] if array.dtype in _NUMBERS and count else "nothing"
        return _NUMBERS[stored.stored], received, _word(stored, array)
    if not stored.fits:
        return "", "", ""  # which is told by itself
    if stored.values is not None and count != stored.values:
        return _counted(stored.values), _counted(count or 0), ""
    if stored.word == "image" and not array.start.startswith(_IMAGES):
        return "a JPEG, PNG, GIF or BMP file", "other bytes", "raw(dtype=uint8)"
    if stored.bytes is not None and array.length not in (None, stored.bytes):
        shape = shape_text((None, *(stored.shape or ())))
        return f"{stored.bytes:,} bytes: {shape} of {stored.dtype}", f"{array.length:,} bytes", ""
    return "", "", ""


def _word(stored: Stored, array: Array) -> str:
    """Return the word for what there is."""
    if array.dtype == "string":
        return "image" if array.start.startswith(_IMAGES) else "raw(dtype=uint8)"
    return array.dtype if array.dtype in _NUMBERS else ""


def _named(word: str, stored: Stored, owner: str) -> str:
    """Return a word with the name of the feature, where it is not that of the input or output."""
    if stored.feature == owner:
        return word
    kind, _, more = word.partition("(")
    return f'{kind}("{stored.feature}"{", " + more if more else ")"}'


def _counted(count: int) -> str:
    return f"{count:,} value{'' if count == 1 else 's'}"
