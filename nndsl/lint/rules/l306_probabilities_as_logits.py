from __future__ import annotations

from nndsl import edits
from nndsl.lint.activations import PROBABILITIES
from nndsl.lint.rule import Report, rule
from nndsl.lint.training import CROSSENTROPIES
from nndsl.lint.view import View


@rule("error", needs=("train",), fixes=True)
def probabilities_as_logits(view: View, report: Report) -> None:
    """A loss with `from_logits=true` gets probabilities, and makes probabilities of them again.

    A softmax of values between 0 and 1 is nearly flat: with ten classes no probability gets above
    0.24, so the loss never comes near 0 and learning is slow. Keras warns of it when it trains.

    Wrong:
        model Digits {
            input image: [64]
            image -> Dense(32, relu) -> Dense(10, softmax) as digit
            output digit
        }
        train {
            loss: SparseCategoricalCrossentropy(from_logits=true)
        }

    Right:
        model Digits {
            input image: [64]
            image -> Dense(32, relu) -> Dense(10, softmax) as digit
            output digit
        }
        train {
            loss: SparseCategoricalCrossentropy()
        }

    Source: https://keras.io/api/losses/probabilistic_losses/; Keras: "received `from_logits=True`,
    but the `output` argument was produced by a Softmax activation and thus does not represent
    logits"
    """
    assert view.trained is not None
    for name, loss in view.trained.losses.items():
        head = view.heads.get(name)
        if head is None or loss.name not in CROSSENTROPIES or not loss.from_logits:
            continue
        bound = loss.argument("from_logits")
        if head.activation not in PROBABILITIES or bound is None:
            continue
        report(
            bound.span,
            f"`from_logits=true`, and the output comes out of `{head.activation}`",
            "takes logits",
            labels=head.labels("gives probabilities"),
            help="leave `from_logits` out, or the activation",
            fix=edits.fix("leave `from_logits` out", edits.drop_argument(loss.span, bound)),
        )
