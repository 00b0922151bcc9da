"""This host's key: what it proves itself with to the sensors it has claimed."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from repband.errors import SourceError
from repband.paths import data_dir

KEY_SIZE = 16  # bytes, protocols/wire/README.md


def key_path() -> Path:
    """Where the key lies."""
    return data_dir() / "sensor.key"


def load_key() -> bytes | None:
    """The key; None where this host has claimed nothing yet.

    Raises:
        SourceError: the file is no key.
    """
    try:
        key = bytes.fromhex(key_path().read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        key = b""
    if len(key) != KEY_SIZE:
        raise SourceError("this is no key", where=str(key_path()), cure="bring it back from a backup, or delete it")
    return key


def make_key() -> bytes:
    """The key, made now where there is none; readable by its owner only.

    Raises:
        SourceError: it can't be written.
    """
    key = load_key()
    if key is not None:
        return key
    key = secrets.token_bytes(KEY_SIZE)
    path = key_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(key.hex() + "\n")
    except OSError as error:
        raise SourceError(
            f"the key can't be written ({error.strerror})", where=str(path), cure="make room there"
        ) from None
    return key
