"""What is said about names that a file defines and never uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nndsl.diagnostic import Reporter
from nndsl.resolve.scope import BodyNames, Scope
from nndsl.syntax import tree

if TYPE_CHECKING:
    from nndsl.resolve.module import ModuleResolver


def warn_of_parameters(reporter: Reporter, scope: Scope, names: BodyNames) -> None:
    """Warn of parameters that a body never uses."""
    if not names.whole:
        return
    for name, parameter in scope.parameters.items():
        if name not in scope.used_parameters:
            reporter.warning(
                "G701",
                parameter.span,
                f"the parameter `{name}` is never used",
                "not used",
                help="delete it, or use it in an argument",
            )


def warn_of_unused(resolver: ModuleResolver) -> None:
    """Warn of constants, blocks and imports that nothing uses, here or in what imports them."""
    reporter = resolver.reporter
    if not resolver.whole or any(d.severity == "error" for d in reporter.findings):
        return
    for name, constant in resolver.scope.constants.items():
        if name not in resolver.scope.used_constants:
            reporter.warning(
                "G701", constant.span, f"the constant `{name}` is never used", "not used"
            )
    wanted = resolver.files.imported.wanted
    for name, line in resolver.definitions.items():
        if isinstance(line, tree.Block) and name not in resolver.used_blocks | wanted:
            reporter.warning(
                "G701", line.name.span, f"the block `{name}` is never applied", "not used"
            )
    used = resolver.scope.used_externs
    for extern in resolver.externs:
        if extern.name not in used | wanted:
            reporter.warning(
                "G701", extern.span, f"the {extern.kind} `{extern.name}` is never used", "not used"
            )
    for definition in resolver.module.definitions:
        for imported in definition.names if isinstance(definition, tree.Import) else ():
            if imported.text not in resolver.used_blocks | used:
                what = f"`{imported.text}` is imported, and never used"
                reporter.warning("G701", imported.span, what, "not used")
