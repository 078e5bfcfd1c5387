from __future__ import annotations

from nndsl import edits
from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View


@rule("error", needs=("Embedding",), fixes=True)
def vocabulary(view: View, report: Report) -> None:
    """An `Embedding` has fewer rows than there are numbers to look up.

    `input_dim` is one more than the largest number that comes in: 10000 words and a 0 for filling
    up are 10001. On a CPU training stops when the first such number comes ("indices[4,0] = 10000
    is not in [0, 10000)"); on a GPU it is looked up as 0, without a word.

    What comes in is declared by `inputs: tokens=int(10001)`, or read from the data file.

    Wrong:
        model Reviews {
            input tokens: int32[100]
            tokens -> Embedding(10000, 16) -> GlobalAveragePooling1D -> Dense(1, sigmoid) as good
            output good
        }
        train {
            inputs: int(10001)
            loss: binary_crossentropy
        }

    Right:
        model Reviews {
            input tokens: int32[100]
            tokens -> Embedding(10001, 16) -> GlobalAveragePooling1D -> Dense(1, sigmoid) as good
            output good
        }
        train {
            inputs: int(10001)
            loss: binary_crossentropy
        }

    Source: https://keras.io/api/layers/core_layers/embedding/: "input_dim: Integer. Size of the
    vocabulary, i.e. maximum integer index + 1"
    """
    if view.trained is None:
        return
    for use in view.of("Embedding"):
        given = view.input_of(use.inputs[0])
        facts = view.trained.inputs.get(given.name) if given is not None else None
        rows, bound = use.value("input_dim"), use.argument("input_dim")
        if facts is None or facts.high is None or bound is None or facts.high < rows:
            continue
        if facts.low is not None and facts.low < 0:
            continue
        wanted = int(facts.high) + 1
        report(
            bound.value.span,
            f"{rows} rows to look up, and numbers up to {facts.high:g}",
            f"takes 0 to {rows - 1}",
            within=use,
            labels=facts.shown(),
            expected=f"at least {wanted}, one more than the largest number",
            received=f"{rows}",
            help=f"write `{wanted}`",
            fix=edits.fix(f"write `{wanted}`", edits.replaced(bound.value.span, f"{wanted}")),
        )
