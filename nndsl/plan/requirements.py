"""What has to be installed for a script: in the words of pip, and as modules to look for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nndsl import graph
from nndsl.plan.code import Code, literal, tuple_of
from nndsl.plan.model import Data
from nndsl.shapes import ShapedModel
from nndsl.shapes.data import to_adapt

#: What writes ONNX, by backend: for pip, and the module that Keras imports.
_ONNX = {
    "tensorflow": ("tf2onnx", "tf2onnx"),
    "jax": ("jax2onnx", "jax2onnx"),
    "torch": ("onnx onnxscript", "onnxscript"),
    None: ("tf2onnx", "onnx"),
}


@dataclass(frozen=True, slots=True)
class Requirements:
    """`backend` is that of the text, None if it says nothing."""

    training: graph.Training
    paths: dict[str, Any]
    shaped: ShapedModel
    data: Data
    backend: str | None

    @property
    def needed(self) -> Code:
        """What pip is to install."""
        found = ["keras", self.backend or "tensorflow"]
        found += ["tensorflow"] if self._tensorflow_too else []
        found += [_ONNX[self.backend][0]] if self._writes_onnx else []
        found += ["tensorboard"] if self._logs else []
        found += ["matplotlib"] if self.paths.get("plot") else []
        found += ["'ray[train]'"] if self._on_ray else []
        return Code(" ".join(found))

    @property
    def later(self) -> Code | None:
        """Modules that Keras imports only when it needs them, which may be after training."""
        found = ["tensorflow"] if self._tensorflow_too and self.data.records is None else []
        found += [_ONNX[self.backend][1]] if self._writes_onnx else []
        found += ["tensorboard"] if self._logs else []
        return tuple_of([literal(one) for one in found]) if found else None

    @property
    def _tensorflow_too(self) -> bool:
        """True if something is read, learnt or written by TensorFlow, and computed otherwise."""
        if self.backend in (None, "tensorflow"):
            return False
        learns = any(node.layer.name == "Discretization" for node, _ in to_adapt(self.shaped))
        exports = any(not path.endswith(".onnx") for path in self.paths.get("export", ()))
        return self.data.read_by_tensorflow or learns or exports or self._logs

    @property
    def _writes_onnx(self) -> bool:
        return any(path.endswith(".onnx") for path in self.paths.get("export", ()))

    @property
    def _logs(self) -> bool:
        """True if there is a callback that writes what TensorBoard shows."""
        callbacks = self.training.get("callbacks") or ()
        return any(getattr(one, "name", "") == "TensorBoard" for one in callbacks)

    @property
    def _on_ray(self) -> bool:
        given: graph.Distribution | None = self.training.get("distribute")
        return given is not None and given.kind == "ray"
