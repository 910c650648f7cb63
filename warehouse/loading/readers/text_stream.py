"""A text file as a stream of UTF-8 bytes: unzipped, decoded, and refused where it breaks.

Belongs here: compression, encodings and byte order marks. Rows and columns do not.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from typing import IO

from warehouse.loading.errors import FileRefusedError
from warehouse.loading.readers.chunk import SourceFile

_BLOCK_BYTES = 1 << 20
_FOREIGN_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class TextStream(io.RawIOBase):
    """Bytes of one text file, always UTF-8.

    Raises
    ------
    FileRefusedError
        While reading: the archive ends early, or bytes do not fit the stated encoding.
    """

    def __init__(self, source: SourceFile) -> None:
        super().__init__()
        self._source = source
        self._raw: IO[bytes] = source.path.open("rb")
        self._bytes: IO[bytes] | gzip.GzipFile = self._raw
        if source.entry.is_gzipped(source.path):
            self._bytes = gzip.GzipFile(fileobj=self._raw)
        try:
            self._decoder = codecs.getincrementaldecoder(source.entry.encoding)()
        except LookupError as error:
            raise FileRefusedError(
                source.name, f"encoding {source.entry.encoding} is not known; write a Python codec name"
            ) from error
        self._is_utf8 = codecs.lookup(source.entry.encoding).name in ("utf-8", "ascii")
        self._lines = 1
        self.quotes = 0
        self._pending = b""
        self._is_first = True
        self._is_done = False

    def readable(self) -> bool:
        """Return True: `io` requires it."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer; 0 at the end."""
        while not self._pending and not self._is_done:
            self._pending = self._next_block()
        taken = self._pending[: len(buffer)]
        buffer[: len(taken)] = taken
        self._pending = self._pending[len(taken) :]
        return len(taken)

    def close(self) -> None:
        """Close the file beneath too."""
        if not self.closed:
            self._bytes.close()
            self._raw.close()
        super().close()

    def _next_block(self) -> bytes:
        block = self._read_bytes()
        self._is_done = not block
        if self._is_first and block:
            block = self._without_mark(block)
        self.quotes += block.count(b'"')
        if block and self._is_utf8 and block.isascii() and not self._decoder.getstate()[0]:
            self._lines += block.count(b"\n")
            return block
        try:
            text = self._decoder.decode(block, final=self._is_done)
        except UnicodeDecodeError as error:
            line = self._lines + error.object[: error.start].count(b"\n")
            raise FileRefusedError(
                self._source.name,
                f"byte 0x{error.object[error.start]:02x} is not {self._source.entry.encoding}; state the "
                "file's `encoding:` in package.yml (cp949, cp1252, utf-16, ...)",
                line=line,
            ) from error
        self._lines += text.count("\n")
        return text.encode("utf-8", errors="replace")

    def _without_mark(self, block: bytes) -> bytes:
        self._is_first = False
        foreign = next((name for mark, name in _FOREIGN_MARKS.items() if block.startswith(mark)), None)
        if foreign and self._is_utf8:
            raise FileRefusedError(
                self._source.name, f"begins as {foreign}; state `encoding: {foreign}` in package.yml", line=1
            )
        return block.removeprefix(codecs.BOM_UTF8) if self._is_utf8 else block

    def _read_bytes(self) -> bytes:
        try:
            return self._bytes.read(_BLOCK_BYTES)
        except (EOFError, zlib.error) as error:
            raise FileRefusedError(
                self._source.name,
                f"the gzip archive is incomplete or damaged ({error}); copy it again",
                line=self._lines,
            ) from error
        except gzip.BadGzipFile as error:
            raise FileRefusedError(
                self._source.name, f"not a gzip file ({error}); state `compression: none` if it is plain"
            ) from error
