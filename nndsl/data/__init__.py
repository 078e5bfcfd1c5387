"""What is in data files, read without numpy: names, shapes, dtypes, ranges and classes.

    known = read_data_file("npz", stream)
    known.arrays["x"].shape, known.arrays["x"].values.high

Only so much is read as a check has time for: `values.complete` says whether that was all. Nothing
in a file is ever run, and whatever it holds, nothing but `problem` comes of what is wrong with it.
"""

from __future__ import annotations

from typing import BinaryIO

from nndsl.data.summary import Array, DataFile, Values

__all__ = ["Array", "DataFile", "Values", "read_data_file"]


def read_data_file(kind: str, stream: BinaryIO) -> DataFile:
    """Return what an `npz`, `csv` or `tfrecord` file holds, the last as its first record shows.

    Raises OSError for what cannot be looked at.
    """
    if kind == "tfrecord":
        from nndsl.data.tfrecord import read_tfrecord

        return read_tfrecord(stream)
    if kind == "npz":
        from nndsl.data.npz import read_npz

        return read_npz(stream)
    from nndsl.data.table import read_csv

    return read_csv(stream)
