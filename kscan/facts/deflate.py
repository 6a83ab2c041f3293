"""zlib's format, written and read by Intel's library where it is installed: three times as fast, and no larger."""

from __future__ import annotations

try:
    from isal.isal_zlib import compress, decompress, decompressobj
except ImportError:
    from zlib import compress, decompress, decompressobj  # type: ignore[assignment]

__all__ = ["FASTEST", "compress", "decompress", "decompressobj"]

FASTEST = 1
"""Of the levels of zlib the fastest: the next ones take a fifth more time for a thirtieth of the size. Intel's has a
faster one, which makes a sixth more of it."""
