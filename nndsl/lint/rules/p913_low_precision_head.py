from __future__ import annotations

from nndsl import edits
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View

_LOW = frozenset({"float16", "bfloat16", "mixed_float16", "mixed_bfloat16"})


@rule(
    "warning",
    needs=("float16", "bfloat16", "mixed_float16", "mixed_bfloat16", "train"),
    fixes=True,
)
def low_precision_head(view: View, report: Report) -> None:
    """The last softmax or sigmoid of a model computes with 16 bits.

    Float16 knows no number between 0 and 6e-8, and few near 1: the logarithm in the loss makes
    infinities of it. Keras's guide has the last activation compute in float32, whatever the rest
    does.

    Wrong:
        model M {
            input x: [20]
            x -> Dense(64, relu) -> Dense(4, softmax, dtype=mixed_float16) as y
            output y
        }

    Right:
        model M {
            input x: [20]
            x -> Dense(64, relu, dtype=mixed_float16) -> Dense(4, softmax, dtype=float32) as y
            output y
        }

    Source: https://www.tensorflow.org/guide/mixed_precision#building_the_model: "a softmax
    activation at the end of the model should be float32"
    """
    policy = view.trained.word("precision") if view.trained is not None else None
    for head in view.heads.values():
        if head.activation not in ("softmax", "sigmoid") or head.made is None:
            continue
        dtype = head.made.values.get("dtype") or policy
        if not isinstance(dtype, str) or dtype not in _LOW:
            continue
        report(
            head.place,
            f"the last `{head.activation}` computes in {dtype.removeprefix('mixed_')}",
            "few numbers near 0 and 1",
            within=head.use,
            help="give the last layer `dtype=float32`",
            fix=edits.fix(
                "write `dtype=float32`", edits.set_argument(head.made, "dtype", "float32")
            ),
        )
