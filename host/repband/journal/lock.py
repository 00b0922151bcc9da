"""Marks a recording as being written, so that nobody repairs it meanwhile. The mark dies with the process."""

from __future__ import annotations

import sys
from typing import BinaryIO

if sys.platform == "win32":
    # Windows refuses to replace a file that is open: the mark is there already.
    def hold(file: BinaryIO) -> None:
        """Marks the file until it is closed."""

    def is_held(file: BinaryIO) -> bool:
        """Whether another open file marks it."""
        return False
else:
    import contextlib
    import fcntl

    def hold(file: BinaryIO) -> None:
        """Marks the file until it is closed."""
        with contextlib.suppress(OSError):  # some network folders have no locks
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def is_held(file: BinaryIO) -> bool:
        """Whether another open file marks it."""
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        fcntl.flock(file, fcntl.LOCK_UN)
        return False
