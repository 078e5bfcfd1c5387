"""What is kept of the check of a text for the check of its next version."""

from __future__ import annotations

from nndsl.diagnostic import Diagnostic
from nndsl.resolve.kept import Kept
from nndsl.source import Source
from nndsl.syntax import tree
from nndsl.syntax.parser import Read
from nndsl.syntax.reader import Reader


class Memory:
    """Belongs to one text, whose versions are checked one after the other with the same options.

    A check of a version is what it would be without; but nodes of the tree and of the graph are
    those of the check before, where nothing has changed. They have moved with the text: what was
    found out about an older version is no longer to be asked for places.
    """

    def __init__(self) -> None:
        self.kept = Kept()
        self._reader = Reader()
        #: By name, the files that are imported, as they were read.
        self._files: dict[str, tuple[Reader, str, Read]] = {}

    def read(self, source: Source) -> Read:
        """Return the text as it was read, what is known of it as it was before."""
        return self._reader.read(source)

    def parse_file(self, source: Source) -> tuple[tree.Module, list[Diagnostic]]:
        """Return the tree of an imported file, and what is wrong with it."""
        reader, text, found = self._files.get(source.name) or (Reader(), None, None)
        if found is None or text != source.text:
            found = reader.read(source)
            self._files[source.name] = reader, source.text, found
        return found.module, found.problems
