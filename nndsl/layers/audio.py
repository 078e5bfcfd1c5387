"""Layers that turn sound into pictures of its frequencies."""

from __future__ import annotations

from nndsl.layers.arguments import (
    Bool,
    DataFormat,
    Number,
    OneTensor,
    OptionalNumber,
    OptionalPositiveInt,
    PoolPadding,
    PositiveInt,
    Scaling,
    SpectrumMode,
    Text,
    WindowName,
)
from nndsl.layers.checks import need_rank
from nndsl.layers.rule import LayerError, Output, Weight, layer, output
from nndsl.layers.windows import Window


@layer("preprocessing")
def MelSpectrogram(
    x: OneTensor,
    fft_length: PositiveInt = 2048,
    sequence_stride: PositiveInt = 512,
    sequence_length: OptionalPositiveInt = None,
    window: Text = "hann",
    sampling_rate: PositiveInt = 16000,
    num_mel_bins: PositiveInt = 128,
    min_freq: Number = 20.0,
    max_freq: OptionalNumber = None,
    power_to_db: Bool = True,
    top_db: Number = 80.0,
    mag_exp: Number = 2.0,
    min_power: Number = 1e-10,
    ref_power: Number = 1.0,
) -> Output:
    """Turn sound into the strength of each pitch over time.

    Input `[samples]`, output `[num_mel_bins, frames]`; no weights.

    Example:
        input sound: [16000]
        sound -> MelSpectrogram(num_mel_bins=64)
    """
    _need_at_most("MelSpectrogram", "sequence_length", sequence_length, fft_length)
    need_rank("MelSpectrogram", x, "[samples]", "`Reshape([-1])` in front takes away an axis of 1")
    samples = x.shape[1]
    # The formula of Keras's compute_output_shape.
    frames = (
        (samples + sequence_stride + 1) // sequence_stride if isinstance(samples, int) else None
    )
    return output((x.shape[0], num_mel_bins, frames))


@layer("preprocessing")
def STFTSpectrogram(
    x: OneTensor,
    mode: SpectrumMode = "log",
    frame_length: PositiveInt = 256,
    frame_step: OptionalPositiveInt = None,
    fft_length: OptionalPositiveInt = None,
    window: WindowName = "hann",
    periodic: Bool = False,
    scaling: Scaling = "density",
    padding: PoolPadding = "valid",
    expand_dims: Bool = False,
    data_format: DataFormat = None,
) -> Output:
    """Turn sound into the strength of each frequency over time, by trainable convolutions.

    Input `[samples, channels]`, output `[frames, channels * frequencies]`, or
    `[frames, frequencies, channels]` with `expand_dims=true`; weights: real and imaginary kernel
    `(frame_length, 1, fft_length / 2 + 1)`, one of them for `mode=real` and `mode=imag`.

    Example:
        input sound: [16000, 1]
        sound -> STFTSpectrogram(frame_length=512)
    """
    _need_at_most("STFTSpectrogram", "frame_step", frame_step, frame_length)
    length = fft_length or 1 << (frame_length - 1).bit_length()
    _need_at_most("STFTSpectrogram", "frame_length", frame_length, length)
    step = frame_step or frame_length // 2
    if step < 1:
        raise LayerError(
            "A203",
            "STFTSpectrogram cannot work out a step from a frame of one sample",
            expected="a `frame_length` of at least 2, or a `frame_step`",
            received=str(frame_length),
            argument="frame_length",
        )
    frames = Window(
        "STFTSpectrogram", "frame_length", (frame_length,), (step,), padding, data_format
    )
    frames.need_rank(x)
    channels = frames.known_channels(x)
    bins = length // 2 + 1
    parts = [part for part, other in (("real", "imag"), ("imag", "real")) if mode != other]
    weights = [Weight(f"{part}_kernel", (frame_length, 1, bins)) for part in parts]
    count = 2 * bins if mode == "stft" else bins
    shape = frames.output_shape(x, count * channels)
    if expand_dims and data_format == "channels_first":
        shape = (shape[0], channels, shape[2], count)
    elif expand_dims:
        shape = (shape[0], shape[1], count, channels)
    return output(shape, *weights)


def _need_at_most(name: str, argument: str, value: int | None, most: int) -> None:
    if value is not None and value > most:
        raise LayerError(
            "A205",
            f"{name}: `{argument}` is too large",
            expected=f"at most {most}",
            received=str(value),
            argument=argument,
        )
