from __future__ import annotations

from nndsl.lint.rule import Report, rule
from nndsl.lint.view import View


@rule("warning", needs=("RandomShear",))
def shear_not_loaded(view: View, report: Report) -> None:
    """RandomShear by one number is saved in a form that Keras 3.15 refuses to load.

    `0.2` stands for the range from -0.2 to 0.2. That is what goes into the file, and ranges below 0
    are refused when it is read: the model can be trained and saved, and never loaded. Two numbers
    are saved as they are, and shear to one side.

    Wrong:
        model M {
            input image: [32, 32, 3]
            image -> RandomShear(0.2) -> GlobalAveragePooling2D -> Dense(10, softmax) as y
            output y
        }

    Right:
        model M {
            input image: [32, 32, 3]
            image -> RandomShear((0.0, 0.2)) -> GlobalAveragePooling2D -> Dense(10, softmax) as y
            output y
        }

    Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_shear/
    """
    for use in view.of("RandomShear"):
        for name in ("x_factor", "y_factor"):
            factor = use.value(name)
            if isinstance(factor, (int, float)) and factor > 0:
                report(
                    use,
                    f"a model with `{name}={factor}` cannot be loaded once it is saved",
                    "saved as a range below 0",
                    help=f"give both ends: `{name}=(0.0, {factor})`",
                )
                break
