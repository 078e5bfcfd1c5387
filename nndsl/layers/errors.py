"""What a layer raises where Keras would refuse, and where nothing can be said."""

from __future__ import annotations


class LayerError(Exception):
    """What a layer function raises when Keras would refuse the arguments or the input.

    `argument` names the constructor argument that is at fault, if it is one; the message then
    points at it, else at the arrow that brings the tensor. What mends it, if that can be carried
    out, is a `stage` to put in front of the layer, or a `setting` of an argument to another value.
    """

    def __init__(
        self,
        code: str,
        title: str,
        *,
        expected: str | None = None,
        received: str | None = None,
        help: str | None = None,
        argument: str | None = None,
        stage: str | None = None,
        setting: tuple[str, str] | None = None,
    ) -> None:
        super().__init__(title)
        self.code = code
        self.title = title
        self.expected = expected
        self.received = received
        self.help = help
        self.argument = argument
        self.stage = stage
        self.setting = setting


class UnknownOutput(Exception):
    """What a layer raises of whose output nothing is known, as it is made by the user's Python."""
