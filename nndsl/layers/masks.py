"""What layers do with masks: which steps of a sequence count, and which are only filled up.

`Embedding(mask_zero=true)` and `Masking` make a mask, which goes along with the tensor, unseen.
Each layer says in its declaration what becomes of it, by one of the words below; `outgoing` works
it out. A layer that takes no notice of masks loses it, with a warning of Keras.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

#: Passes the mask of its (first) input on to its (first) output.
KEEPS = "keeps"
#: Takes the mask into account and passes none on.
STOPS = "stops"
#: Takes no notice of it: Keras warns.
LOSES = "loses"
#: As KEEPS if `return_sequences=true`, else as STOPS.
SEQUENCES = "sequences"
#: Makes a mask of its own.
MAKES = "makes"
#: As MAKES if `mask_zero=true`, but turned round (`reverse=true`) as STOPS; otherwise as LOSES.
OF_ZEROS = "of zeros"
#: A list of tensors: passes a mask on if all have one, or if any has one.
ALL = "all"
ANY = "any"
#: Nobody knows: the layer is the user's.
UNTOLD = "untold"

#: With these words a mask may come out where none goes in.
BEGIN = frozenset({MAKES, OF_ZEROS})

Values = Mapping[str, Any]


def _sequences(masks: Sequence[bool], values: Values) -> tuple[bool, ...]:
    inside = values.get("layer")
    if inside is not None:  # Bidirectional
        values = {**dict(inside.values), **values}
    kept = bool(values.get("return_sequences")) and masks[0]
    both = "merge_mode" in values and values["merge_mode"] is None
    return (kept, kept) if both else (kept,)


def _zeros(values: Values) -> bool:
    return bool(values.get("mask_zero")) and not values.get("reverse")


_OUTGOING: dict[str, Callable[[Sequence[bool], Values], tuple[bool, ...]]] = {
    KEEPS: lambda masks, values: (masks[0],),
    STOPS: lambda masks, values: (False,),
    UNTOLD: lambda masks, values: (False,),
    LOSES: lambda masks, values: (False,),
    SEQUENCES: _sequences,
    MAKES: lambda masks, values: (True,),
    OF_ZEROS: lambda masks, values: (_zeros(values),),
    ALL: lambda masks, values: (all(masks),),
    ANY: lambda masks, values: (any(masks),),
}


def outgoing(
    what: str, masks: Sequence[bool], values: Values, count: int
) -> tuple[tuple[bool, ...], bool]:
    """Return which of `count` outputs carry a mask, and whether one is lost.

    `masks` says which tensors of the first input carry one; `what` is one of the words above.
    """
    made = _OUTGOING[what](masks, values)
    made += (False,) * (count - len(made))
    loses = what == LOSES or (what == OF_ZEROS and not values.get("mask_zero"))
    return made[:count], loses and any(masks)
