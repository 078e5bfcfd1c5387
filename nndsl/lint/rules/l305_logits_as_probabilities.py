from __future__ import annotations

from nndsl import edits
from nndsl.lint.activations import LINEAR, PROBABILITIES
from nndsl.lint.rule import Report, rule
from nndsl.lint.training import BINARY, CROSSENTROPIES
from nndsl.lint.view import View

#: What gives values that are no probabilities, whatever comes in.
_UNBOUND = frozenset(
    {LINEAR, "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "tanh", "softplus", "softsign"}
)


@rule("error", needs=("train",), fixes=True)
def logits_as_probabilities(view: View, report: Report) -> None:
    """A loss that takes probabilities gets numbers that are none.

    Without `softmax` or `sigmoid` at its end, a model gives logits: any number. The loss cuts them
    off at 0 and 1 and takes the logarithm, so most gradients are 0, and the loss stays where it is
    or becomes NaN. Either end with the activation, or give the loss `from_logits=true`.

    Wrong:
        model Digits {
            input image: [64]
            image -> Dense(32, relu) -> Dense(10) as digit
            output digit
        }
        train {
            loss: sparse_categorical_crossentropy
        }

    Right:
        model Digits {
            input image: [64]
            image -> Dense(32, relu) -> Dense(10, softmax) as digit
            output digit
        }
        train {
            loss: sparse_categorical_crossentropy
        }

    Right:
        model Digits {
            input image: [64]
            image -> Dense(32, relu) -> Dense(10) as digit
            output digit
        }
        train {
            loss: SparseCategoricalCrossentropy(from_logits=true)
        }

    Source: https://keras.io/api/losses/probabilistic_losses/, `from_logits`
    """
    assert view.trained is not None
    for name, loss in view.trained.losses.items():
        head = view.heads.get(name)
        if head is None or loss.name not in CROSSENTROPIES or loss.from_logits:
            continue
        if head.activation not in _UNBOUND or (head.activation == LINEAR and not head.is_dense):
            continue
        if head.units == 1 and loss.name not in BINARY:
            continue  # which is told by itself
        word = "sigmoid" if loss.name in BINARY else "softmax"
        assert word in PROBABILITIES
        linear = head.activation == LINEAR
        report(
            head.place,
            f"`{loss.name}` takes probabilities, and gets any number",
            "no activation" if linear else "gives no probabilities",
            within=head.use,
            labels=loss.labels("takes probabilities"),
            help=(
                f"end with `{word}`, or write `{loss.class_name}(from_logits=true)`"
                if linear
                else f"write `{word}` instead of `{head.activation}`"
            ),
            fix=edits.fix(f"write `{word}`", head.activated(word)),
        )
