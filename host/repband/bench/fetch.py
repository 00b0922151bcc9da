"""Downloads the public originals of the recordings and turns them into labelled folders.

Addresses as the UCI repository gives them (archive.ics.uci.edu/dataset/500 and /730). Their files carry no
reps: labels (.reps.csv) laid beside the converted recordings under the same names are used by the yardstick.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from repband.bench.originals import Converted, convert_mex, convert_uci730
from repband.errors import RecordingError, SourceError, UsageError

Progress = Callable[[int, int | None], None]
"""Called with the bytes had so far and the bytes expected (None where the server does not say)."""

_PIECE = 1 << 18
_TIMEOUT_S = 60
_INDEX = "file,exercise,subject,placement,rate_hz,true_reps,kind,polarity,label_source,notes"


@dataclass(frozen=True, slots=True)
class Original:
    """A public data set: where it lies, the folder it becomes, and how."""

    url: str
    folder: str
    convert: Callable[[zipfile.ZipFile], Iterator[Converted]]


ORIGINALS = {
    "mex": Original("https://archive.ics.uci.edu/static/public/500/mex.zip", "mex", convert_mex),
    "uci730": Original(
        "https://archive.ics.uci.edu/static/public/730/physical+therapy+exercises+dataset.zip",
        "uci_pt",
        convert_uci730,
    ),
}


def fetch(name: str, out: Path, *, url: str | None = None, progress: Progress = lambda _had, _all: None) -> Path:
    """Downloads one original into `out` and converts it; gives the folder that `read_folders` can read.

    A download that was cut off goes on where it stopped; one that is complete is not repeated. The folder
    appears only when it is whole. What arrived is recorded in its origin.json: address, bytes, SHA-256.

    Raises:
        UsageError: no such data set, or the folder is there already.
        SourceError: the download failed.
        RecordingError: what arrived is not what it should be.
    """
    if name not in ORIGINALS:
        raise UsageError(f"no data set {name!r}", cure=f"there are {', '.join(ORIGINALS)}")
    original = ORIGINALS[name]
    target = out / original.folder
    if target.exists():
        raise UsageError("is there already", where=str(target), cure="remove it, or choose another folder with -o")
    out.mkdir(parents=True, exist_ok=True)
    address = url or original.url
    archive = out / f"{name}.zip"
    if not archive.exists():
        _download(address, archive, progress)
    _convert(archive, original, target, _origin(archive, address))
    return target


def _download(url: str, archive: Path, progress: Progress) -> None:
    part = archive.with_name(archive.name + ".part")
    try:
        with _open(url, part.stat().st_size if part.exists() else 0) as response:
            resumed = response.status == 206
            had = part.stat().st_size if resumed else 0
            length = response.headers.get("Content-Length")
            expected = had + int(length) if length else None
            with part.open("ab" if resumed else "wb") as sink:
                while piece := response.read(_PIECE):
                    sink.write(piece)
                    had += len(piece)
                    progress(had, expected)
    except (OSError, HTTPException, ValueError) as error:
        raise SourceError(f"the download failed ({error})", where=url, cure="run it again: it goes on there") from error
    if expected is not None and had != expected:
        raise SourceError(
            f"the download stopped at {had} of {expected} bytes", where=url, cure="run it again: it goes on there"
        )
    part.replace(archive)


@contextlib.contextmanager
def _open(url: str, had: int) -> Generator[HTTPResponse]:
    """The response to a GET from byte `had` on; a server that can't resume sends the whole (status 200)."""
    if not url.startswith(("https://", "http://")):
        raise ValueError("only http and https addresses")
    request = urllib.request.Request(url, headers={"User-Agent": "repband"})
    if had:
        request.add_header("Range", f"bytes={had}-")
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:
            yield response
    except urllib.error.HTTPError as error:
        # 416: nothing lies beyond what we have, or the file changed; only a fresh start can tell.
        if error.code != 416 or not had:
            raise
        with _open(url, 0) as response:
            yield response


def _origin(archive: Path, url: str) -> dict[str, str | int]:
    digest = hashlib.sha256()
    with archive.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return {"url": url, "bytes": archive.stat().st_size, "sha256": digest.hexdigest()}


def _convert(archive: Path, original: Original, target: Path, origin: dict[str, str | int]) -> None:
    half_done = Path(tempfile.mkdtemp(prefix=f".{original.folder}-", dir=target.parent))
    try:
        with zipfile.ZipFile(archive) as outer, _innermost(outer) as inner:
            lines = [_write(half_done, converted) for converted in original.convert(inner)]
        if not lines:
            raise RecordingError("none of the expected recordings is in it", where=str(archive))
        _save(half_done / "index.csv", "\n".join([_INDEX, *sorted(lines)]) + "\n")
        _save(half_done / "origin.json", json.dumps(origin, indent=1) + "\n")
        half_done.chmod(0o755)
        half_done.replace(target)
    except zipfile.BadZipFile as error:
        raise RecordingError(
            f"is not a whole zip file ({error})", where=str(archive), cure="remove it and fetch again"
        ) from error
    finally:
        shutil.rmtree(half_done, ignore_errors=True)


@contextlib.contextmanager
def _innermost(outer: zipfile.ZipFile) -> Generator[zipfile.ZipFile]:
    """The archive itself, or the one zip file inside it (as in MEx's data.zip)."""
    inside = [name for name in outer.namelist() if name.endswith(".zip")]
    if not inside:
        yield outer
        return
    with tempfile.TemporaryFile() as copy:
        with outer.open(inside[0]) as member:
            shutil.copyfileobj(member, copy)
        with zipfile.ZipFile(copy) as inner:
            yield inner


def _write(folder: Path, converted: Converted) -> str:
    _save(folder / converted.file, converted.csv)
    return converted.index_line


def _save(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
