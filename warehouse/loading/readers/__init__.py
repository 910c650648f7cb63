"""Readers: one file to a stream of bounded frames.

Belongs here: formats, compression and encodings. A reader knows nothing of targets: every value is
the file's own, with its line number. What a value means is `columns/casting.py` and
`columns/validation.py`.
"""

from warehouse.loading.readers.chunk import Chunk, SourceFile
from warehouse.loading.readers.registry import open_reader

__all__ = ["Chunk", "SourceFile", "open_reader"]
