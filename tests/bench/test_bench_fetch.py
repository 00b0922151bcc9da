"""Download and conversion, tried on small files of the originals' inner format from a server on this machine."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from repband.bench.fetch import fetch
from repband.bench.truth import read_index
from repband.errors import RecordingError, SourceError, UsageError


class Server(ThreadingHTTPServer):
    """Serves one body; knows byte ranges when `ranges`; sends only `cut` bytes once when told to."""

    def __init__(self, body: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.body, self.ranges, self.cut = body, True, 0
        self.asked: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/set.zip"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        server = self.server
        wanted = self.headers.get("Range")
        server.asked.append(wanted)
        start = int(wanted.split("=")[1].rstrip("-")) if wanted and server.ranges else 0
        if start >= len(server.body):
            self.send_error(416)
            return
        body = server.body[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: server.cut or len(body)])
        server.cut = 0

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[object]:
    servers: list[Server] = []

    def start(body: bytes) -> Server:
        server = Server(body)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def zipped(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def mex_lines(n: int = 200) -> str:
    return "".join(f"2019-02-06 10:59:{58 + i // 100:02d}.{i % 100:02d}0,0.5,-0.25,{i / 1000}\n" for i in range(n))


def mex() -> bytes:
    files = {
        "act/01/02_act_1.csv": mex_lines(),
        "act/01/04_act_2.csv": mex_lines(),
        "acw/01/02_acw_1.csv": "wrist",
        "pm/01/02_pm_1.csv": "mat",
    }
    return zipped({"readme.txt": "hello", "data.zip": zipped(files)})


def uci() -> bytes:
    header = "time index;acc_x;acc_y;acc_z;gyr_x;gyr_y;gyr_z;mag_x;mag_y;mag_z\n"
    rows = "".join(f"{i};9.80665;0;-4.903325;0.5;0;0;1;1;1\n" for i in range(1, 51))
    files = {f"s1/e4/u{u}/test.txt": header + rows for u in (1, 3)}
    return zipped({**files, "s1/e4/u3/template_session.txt": header + rows, "Description.pdf": b"%PDF"})


def table(path: Path) -> np.ndarray:
    return np.loadtxt(path, delimiter=",", skiprows=1)


def test_mex_becomes_a_labelled_folder(tmp_path: Path, serve) -> None:  # type: ignore[no-untyped-def]
    server = serve(mex())
    seen: list[tuple[int, int | None]] = []
    folder = fetch("mex", tmp_path, url=server.url, progress=lambda had, whole: seen.append((had, whole)))
    assert [i.path.name for i in read_index(folder)] == ["01_bridging_1.csv", "01_clam_2.csv"]
    assert [i.exercise for i in read_index(folder)] == ["bridge", "clamshell"]
    rows = table(folder / "01_bridging_1.csv")
    assert rows.shape == (200, 4)
    assert rows[150] == pytest.approx([1.5, 0.5, -0.25, 0.15])
    assert seen[-1] == (len(server.body), len(server.body))
    origin = json.loads((folder / "origin.json").read_text())
    assert origin == {"url": server.url, "bytes": len(server.body), "sha256": hashlib.sha256(server.body).hexdigest()}


def test_uci730_becomes_a_labelled_folder(tmp_path: Path, serve) -> None:  # type: ignore[no-untyped-def]
    folder = fetch("uci730", tmp_path, url=serve(uci()).url)
    (item,) = read_index(folder)
    assert (item.path.name, item.exercise, item.placement, item.truth.count) == ("s1_e4_u3_test.csv", "e4", "u3", 30)
    rows = table(item.path)
    assert rows[0] == pytest.approx([0, 1, 0, -0.5, 28.648, 0, 0], abs=1e-3)
    assert rows[49, 0] == pytest.approx(1.96)


def test_a_download_that_was_cut_goes_on(tmp_path: Path, serve) -> None:  # type: ignore[no-untyped-def]
    server = serve(mex())
    server.cut = 300
    with pytest.raises(SourceError, match="run it again"):
        fetch("mex", tmp_path, url=server.url)
    assert not (tmp_path / "mex").exists()
    fetch("mex", tmp_path, url=server.url)
    assert server.asked == [None, "bytes=300-"]
    assert (tmp_path / "mex.zip").read_bytes() == server.body


@pytest.mark.parametrize("part", [b"x" * 300, b"x" * 100_000])
def test_a_server_that_cannot_resume_sends_it_all_again(tmp_path: Path, serve, part: bytes) -> None:  # type: ignore[no-untyped-def]
    server = serve(mex())
    server.ranges = len(part) > 1000  # then what we have is longer than the file: 416
    (tmp_path / "mex.zip.part").write_bytes(part)
    fetch("mex", tmp_path, url=server.url)
    assert (tmp_path / "mex.zip").read_bytes() == server.body


def test_what_is_there_is_not_fetched_again(tmp_path: Path, serve) -> None:  # type: ignore[no-untyped-def]
    server = serve(mex())
    (tmp_path / "mex.zip").write_bytes(server.body)
    fetch("mex", tmp_path, url=server.url)
    assert server.asked == []
    with pytest.raises(UsageError, match="is there already"):
        fetch("mex", tmp_path, url=server.url)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<html>moved</html>", "not a whole zip file"),
        (mex()[:-40], "not a whole zip file"),
        (zipped({"other.txt": "x"}), "none of the expected recordings"),
        (zipped({"act/01/02_act_1.csv": "2019-02-06 10:59:58.000,1,2\n"}), r"02_act_1.csv line 1: not 3 numbers"),
        (zipped({"act/01/02_act_1.csv": "noon,1,2,3\n"}), "line 1: 'noon' is no time stamp"),
        (zipped({"act/01/02_act_1.csv": ""}), "holds no recording"),
    ],
)
def test_what_arrived_is_checked_and_nothing_half_done_stays(tmp_path: Path, serve, body: bytes, says: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(RecordingError, match=says):
        fetch("mex", tmp_path, url=serve(body).url)
    assert [p.name for p in tmp_path.iterdir()] == ["mex.zip"]


def test_uci730_columns_are_checked(tmp_path: Path, serve) -> None:  # type: ignore[no-untyped-def]
    body = zipped({"s1/e4/u3/test.txt": "time index;acc_x\n1;2\n"})
    with pytest.raises(RecordingError, match="no column acc_y"):
        fetch("uci730", tmp_path, url=serve(body).url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/none.zip", "file:///etc/passwd", "http://[/"])
def test_no_server_is_said(tmp_path: Path, url: str) -> None:
    with pytest.raises(SourceError, match="the download failed"):
        fetch("mex", tmp_path, url=url)


def test_an_unknown_set_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there are mex, uci730"):
        fetch("hugadb", tmp_path)
