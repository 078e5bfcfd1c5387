"""The rules that there are. Made by `python3 dev.py rules` from nndsl/lint/rules: do not edit."""

from __future__ import annotations

from nndsl.lint.entry import Entry

RULES = {
    "L301": Entry("one-unit-softmax", "error", ("softmax", "Softmax"), True, True),
    "L302": Entry("softmax-with-binary-crossentropy", "warning", ("train",), True, True),
}
