"""Tables of samples: our columns, phone exports, odd text, and everything that is no table at all."""

from __future__ import annotations

import codecs
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from repband.errors import RecordingError, RepBandError
from repband.source import BundleSource, CsvSource, RecordingSource, StdinSource, TimedSamples, open_source

ROWS = 300
T_S = np.arange(ROWS) / 50.0
ACCEL_G = np.stack([0.1 * np.sin(T_S), 0.2 * np.cos(T_S), np.ones(ROWS)], axis=1)
GYRO_DPS = np.stack([10 * np.cos(T_S), -20 * np.sin(T_S), 0 * T_S], axis=1)


def table(header: str, *columns: np.ndarray, mark: str = ",", form: str = "%.6f") -> str:
    rows = np.column_stack(columns)
    return header + "\n" + "".join(mark.join(form % value for value in row) + "\n" for row in rows)


CONTRACT = table("t_s,ax,ay,az", T_S, ACCEL_G)
CONTRACT_GYRO = table("t_s,ax,ay,az,gx,gy,gz", T_S, ACCEL_G, GYRO_DPS)
PHYPHOX = table(
    '"Time (s)","Acceleration x (m/s^2)","Acceleration y (m/s^2)","Acceleration z (m/s^2)",'
    '"Absolute acceleration (m/s^2)"',
    T_S,
    ACCEL_G * 9.80665,
    np.ones(ROWS),
    form="%.9E",
)
NANOSECONDS = 1.7e18 + T_S * 1e9


def sensor_logger(values: np.ndarray, t_s: np.ndarray = T_S) -> str:
    return table("time,seconds_elapsed,z,y,x", 1.7e18 + t_s * 1e9, t_s, values[:, ::-1])


def read(path: Path) -> TimedSamples:
    return joined(list(open_source(path)))


def joined(parts: list[TimedSamples]) -> TimedSamples:
    gyro = [part.gyro_dps for part in parts if part.gyro_dps is not None]
    return TimedSamples(
        np.concatenate([part.t_s for part in parts]),
        np.concatenate([part.accel_g for part in parts]),
        np.concatenate(gyro) if gyro else None,
        parts[-1].arrival_s,
        parts[0].where,
    )


def write(folder: Path, text: str | bytes, name: str = "walk.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def assert_whole(samples: TimedSamples, *, gyro: bool = False) -> None:
    assert np.max(np.abs(samples.t_s - T_S)) < 1e-6
    assert np.max(np.abs(samples.accel_g - ACCEL_G)) < 2e-6
    assert (samples.gyro_dps is not None) == gyro
    if gyro:
        assert samples.gyro_dps is not None
        assert np.max(np.abs(samples.gyro_dps - GYRO_DPS)) < 1e-3


def test_our_own_columns(tmp_path: Path) -> None:
    source = CsvSource(write(tmp_path, CONTRACT))
    assert source.name == "walk.csv"
    assert_whole(joined(list(source)))
    assert_whole(joined(list(source)))  # a second time from the beginning
    assert source.bad_lines == ()
    assert_whole(read(write(tmp_path, CONTRACT_GYRO)), gyro=True)


def test_arrival_times_follow_the_recording(tmp_path: Path) -> None:
    (arrival,) = CsvSource(write(tmp_path, CONTRACT))
    assert arrival.arrival_s == pytest.approx(T_S[-1])
    assert arrival.where == "walk.csv line 2"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: codecs.BOM_UTF8 + text.encode(), id="bom"),
        pytest.param(lambda text: text.encode("utf-16"), id="utf-16"),
        pytest.param(lambda text: text.encode("utf-16-le"), id="utf-16-le without mark"),
        pytest.param(lambda text: text.encode("utf-16-be"), id="utf-16-be without mark"),
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="crlf"),
        pytest.param(lambda text: text.replace("\n", "\r").encode(), id="cr"),
        pytest.param(lambda text: text.replace("\n", "\n\n").encode(), id="empty lines"),
        pytest.param(lambda text: ("# made by hand\n\n" + text.replace("\n", "\n# note\n")).encode(), id="comments"),
        pytest.param(lambda text: text.replace("t_s,ax,ay,az", '"t_s", "AX","ay" ,"az"').encode(), id="quoted header"),
        pytest.param(lambda text: text.replace(",", ";").encode(), id="semicolons"),
        pytest.param(lambda text: text.replace(",", "\t").encode(), id="tabs"),
        pytest.param(lambda text: text.replace(",", ";").replace(".", ",").encode(), id="decimal commas"),
        pytest.param(lambda text: text.rstrip("\n").encode(), id="no end of line at the end"),
        pytest.param(lambda text: text.replace("\n", ",x\n").encode(), id="extra column"),
    ],
)
def test_the_same_table_in_another_dress(tmp_path: Path, change: object) -> None:
    assert callable(change)
    assert_whole(read(write(tmp_path, change(CONTRACT))))


def test_columns_in_any_order(tmp_path: Path) -> None:
    assert_whole(read(write(tmp_path, table("az,note,t_s,ax,ay", ACCEL_G[:, 2], T_S, T_S, ACCEL_G[:, :2]))))


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("point", [".", ","])
def test_phyphox(tmp_path: Path, mark: str, point: str) -> None:
    if mark == point:
        return
    text = (
        PHYPHOX.replace(".", point).replace(",", mark) if point == "." else PHYPHOX.replace(",", mark).replace(".", ",")
    )
    assert_whole(read(write(tmp_path, text)))


def test_phyphox_without_gravity_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, PHYPHOX.replace("Acceleration ", "Linear Acceleration "))
    with pytest.raises(RecordingError, match=r"walk.csv line 1: .*without gravity.*Acceleration with g"):
        read(path)


def test_phyphox_zip(tmp_path: Path) -> None:
    gyro = table(
        '"Time (s)","Gyroscope x (rad/s)","Gyroscope y (rad/s)","Gyroscope z (rad/s)"', T_S, np.radians(GYRO_DPS)
    )
    path = zipped(tmp_path, {"Raw Data.csv": PHYPHOX, "Gyroscope.csv": gyro, "meta/device.csv": '"property","value"\n'})
    assert_whole(read(path), gyro=True)


def zipped(folder: Path, members: dict[str, str]) -> Path:
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def folder_of(folder: Path, members: dict[str, str]) -> Path:
    for name, text in members.items():
        (folder / name).write_text(text)
    return folder


TOTAL = sensor_logger(ACCEL_G * 9.80665)
STILL = np.tile([0.0, 0.0, 9.80665], (ROWS, 1))
SENSOR_LOGGER = {
    "android": {"TotalAcceleration.csv": TOTAL, "Accelerometer.csv": sensor_logger(ACCEL_G * 9.80665 - STILL)},
    "ios, uncalibrated in g": {"AccelerometerUncalibrated.csv": sensor_logger(ACCEL_G)},
    "ios, sum of two": {
        "Accelerometer.csv": sensor_logger(ACCEL_G * 9.80665 - STILL),
        "Gravity.csv": sensor_logger(STILL),
    },
}


@pytest.mark.parametrize("members", SENSOR_LOGGER.values(), ids=SENSOR_LOGGER.keys())
@pytest.mark.parametrize("make", [zipped, folder_of])
@pytest.mark.parametrize("gyro", [False, True])
def test_sensor_logger(tmp_path: Path, members: dict[str, str], make: object, gyro: bool) -> None:
    assert callable(make)
    more = {"Gyroscope.csv": sensor_logger(np.radians(GYRO_DPS))} if gyro else {}
    assert_whole(read(make(tmp_path, {**members, **more, "Metadata.csv": "version,device name\n3,phone\n"})), gyro=gyro)


def test_sensor_logger_gyroscope_at_its_own_times(tmp_path: Path) -> None:
    own_s = np.arange(-0.005, 6.1, 0.003)
    rates = np.stack([10 * np.cos(own_s), -20 * np.sin(own_s), 0 * own_s], axis=1)
    members = {"TotalAcceleration.csv": TOTAL, "Gyroscope.csv": sensor_logger(np.radians(rates), own_s)}
    assert_whole(read(folder_of(tmp_path, members)), gyro=True)


def test_sensor_logger_gyroscope_that_stopped_early_is_left_out(tmp_path: Path) -> None:
    gyro = sensor_logger(np.radians(GYRO_DPS[:100]), T_S[:100])
    assert_whole(read(folder_of(tmp_path, {"TotalAcceleration.csv": TOTAL, "Gyroscope.csv": gyro})))


def test_one_file_of_sensor_logger_is_judged_by_the_size_of_gravity(tmp_path: Path) -> None:
    assert_whole(read(write(tmp_path, TOTAL)))
    assert_whole(read(write(tmp_path, sensor_logger(ACCEL_G))))
    with pytest.raises(RecordingError, match=r"not gravity in g or m/s\^2; give TotalAcceleration.csv"):
        read(write(tmp_path, sensor_logger(0.02 * ACCEL_G)))


@pytest.mark.parametrize(
    ("factor", "cure"),
    [(9.80665, "divide them by 9.80665"), (1000.0, "divide them by 1000"), (0.01, "with gravity"), (50.0, "convert")],
)
def test_a_wrong_unit_is_named_with_its_cure(tmp_path: Path, factor: float, cure: str) -> None:
    with pytest.raises(RecordingError, match=cure):
        read(write(tmp_path, table("t_s,ax,ay,az", T_S, ACCEL_G * factor)))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("2.02,,0.1,1.0", "a value is missing"),
        ("2.02,0.1,nan,1.0", "not finite"),
        ("2.02,0.1,inf,1.0", "not finite"),
        ("2.02,0.1,1.0", "too few cells"),
        ("!! connection lost !!", "too few cells|not a number"),
        ("2.02,0.1,1_0,1.0", "not a number"),
        ("t_s,ax,ay,az", '"t_s" is not a number'),
        ('2.02,"0.1,1.0', "too few cells|not a number"),
    ],
)
def test_a_bad_line_is_left_out_and_named(tmp_path: Path, line: str, why: str) -> None:
    lines = CONTRACT.splitlines()
    lines[102] = line
    source = CsvSource(write(tmp_path, "\n".join(lines)))
    samples = joined(list(source))
    assert samples.t_s.tolist() == np.delete(np.round(T_S, 6), 101).tolist()
    (bad,) = source.bad_lines
    assert bad.line == 103
    import re

    assert re.search(why, bad.why)


def test_too_many_bad_lines_are_refused(tmp_path: Path) -> None:
    lines = CONTRACT.splitlines()
    lines[100:130] = ["oops"] * 30
    with pytest.raises(RecordingError, match=r"walk.csv line 101: .* 30 of 300 lines .*mend or remove"):
        read(write(tmp_path, "\n".join(lines)))


def test_a_file_cut_off_in_its_last_line_reads(tmp_path: Path) -> None:
    source = CsvSource(write(tmp_path, CONTRACT[:-22]))
    assert len(joined(list(source)).t_s) == ROWS - 1
    assert source.bad_line_count == 1


REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "walk.csv: is empty"),
    "blank": (b"\n\n  \n", "walk.csv: is empty"),
    "header only": (b"t_s,ax,ay,az\n", "header but no samples"),
    "no number": (b"t_s,ax,ay,az\n0,nan,0,1\n", "line 2: a value is not finite, and no line is whole"),
    "no header": (b"0.0,0.1,0.2,1.0\n0.02,0.1,0.2,1.0\n", "header that is not known"),
    "other columns": (b"time,a,b\n1,2,3\n", r"line 1: has a header that is not known \(.time,a,b"),
    "half a gyroscope": (b"t_s,ax,ay,az,gx\n0,0,0,1,0\n", "has gx but not all"),
    "a column twice": (b"t_s,ax,ay,az,ax\n0,0,0,1,0\n", "names the column ax twice"),
    "decimal commas between commas": (b"t_s,ax,ay,az\n0,00,0,1,0,2,1,0\n", "decimal commas in a comma-separated"),
    "all junk": (b"t_s,ax,ay,az\nx\ny\nz\nq\n", "line 2: .* 4 of 4 lines"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(300), "is a picture"),
    "gzip": (b"\x1f\x8b" + bytes(300), "is a gzip archive"),
    "binary": (bytes(range(256)) * 4, "is a binary file"),
    "zeros": (bytes(5000), "is a binary file"),
    "latin-1": ("t_s,ax,ay,az # °\n".encode("latin-1") * 3, "not text in UTF-8"),
    "zero bytes in the middle": (CONTRACT.encode()[:5000] + bytes(10) + CONTRACT.encode()[5000:], "zero bytes|binary"),
    "one endless line": (b"t_s,ax,ay,az\n" + b"1" * 3_000_000, "longer than"),
    "cut zip": (b"PK\x03\x04" + bytes(50), "damaged zip"),
    "cut mcap": (b"\x89MCAP0\r\n" + bytes(50), "walk.csv"),
}


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_recording_is_refused_with_a_reason(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(RecordingError, match=message):
        read(write(tmp_path, content))


def test_missing_files_and_empty_folders(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no such file"):
        open_source(tmp_path / "none.csv")
    with pytest.raises(RecordingError, match="no such file"):
        list(CsvSource(tmp_path / "none.csv"))
    with pytest.raises(RecordingError, match=r"no table of samples.*t_s,ax,ay,az"):
        read(tmp_path)


def test_a_member_of_a_zip_that_is_damaged(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"TotalAcceleration.csv": TOTAL})
    spoilt = bytearray(path.read_bytes())
    spoilt[200:260] = bytes(60)
    path.write_bytes(bytes(spoilt))
    with pytest.raises(RecordingError, match=r"damaged|unpacked"):
        read(path)


def test_a_huge_file_is_read_in_pieces(tmp_path: Path) -> None:
    many = 120_000
    path = write(tmp_path, table("t_s,ax,ay,az", np.arange(many) / 100, np.tile(ACCEL_G[:1], (many, 1))))
    parts = list(CsvSource(path))
    assert len(parts) >= 3
    assert max(len(part.t_s) for part in parts) < 60_000
    assert joined(parts).t_s.tolist() == (np.arange(many) / 100).tolist()
    lines = path.read_text().splitlines()
    for part in parts:
        assert lines[int(part.where.split()[-1]) - 1].startswith(f"{part.t_s[0]:.6f}")


def test_sources_are_found_by_content_not_by_name(tmp_path: Path) -> None:
    assert isinstance(open_source("-"), StdinSource)
    assert isinstance(open_source(write(tmp_path, CONTRACT, "odd.mcap")), CsvSource)
    assert isinstance(open_source(write(tmp_path, b"\x89MCAP0\r\n", "odd.csv")), RecordingSource)
    assert isinstance(open_source(tmp_path), BundleSource)


@pytest.mark.parametrize("text", [CONTRACT, CONTRACT.split("\n", 1)[1], CONTRACT_GYRO, CONTRACT_GYRO.split("\n", 1)[1]])
def test_standard_input_with_and_without_header(text: str) -> None:
    samples = joined(list(StdinSource(io.BytesIO(text.encode()))))
    assert_whole(samples, gyro=text.count(",") > 5 * ROWS)


class Dribble(io.RawIOBase):
    """A pipe that gives a few bytes at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        self._data, self._size = data, size

    def read(self, size: int = -1, /) -> bytes:
        given, self._data = self._data[: self._size], self._data[self._size :]
        return given


@pytest.mark.parametrize("size", [1, 7, 64])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_standard_input_gives_lines_as_they_come(size: int, encoding: str) -> None:
    text = "\n".join(CONTRACT.split("\n")[:40])
    source = StdinSource(Dribble(text.encode(encoding), size))  # type: ignore[arg-type]
    parts = list(source)
    assert len(parts) > 10
    assert joined(parts).t_s.tolist() == np.round(T_S[:39], 6).tolist()
    assert [part.arrival_s for part in parts] == sorted(part.arrival_s for part in parts)


def test_closing_ends_iterating(tmp_path: Path) -> None:
    for source in (StdinSource(Dribble(CONTRACT.encode(), 50)), BundleSource(folder_of(tmp_path, {"a.csv": CONTRACT}))):  # type: ignore[arg-type]
        for _ in source:
            source.close()
        source.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=400), st.text(max_size=400).map(str.encode)))
def test_junk_gives_an_error_or_nothing_worse(tmp_path: Path, content: bytes) -> None:
    for prefix in (b"", b"t_s,ax,ay,az\n", b"PK\x03\x04", b"\x89MCAP0\r\n", b"\xff\xfe"):
        path = write(tmp_path, prefix + content, "junk")
        try:
            list(open_source(path))
        except RepBandError as error:
            assert "junk" in str(error)
        try:
            list(StdinSource(io.BytesIO(prefix + content)))
        except RepBandError as error:
            assert "standard input" in str(error)


VALID = [CONTRACT_GYRO.encode(), PHYPHOX.encode(), TOTAL.encode(), CONTRACT.encode("utf-16")]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(VALID), st.data())
def test_spoilt_files_give_finite_samples_or_an_error(tmp_path: Path, whole: bytes, data: st.DataObject) -> None:
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=20))
    try:
        parts = list(open_source(write(tmp_path, bytes(content), "spoilt.csv")))
    except RepBandError as error:
        assert "spoilt.csv" in str(error)
        return
    for part in parts:
        assert part.accel_g.shape == (len(part.t_s), 3)
        assert bool(np.isfinite(part.accel_g).all())
        assert bool(np.isfinite(part.t_s).all())


def test_all_real_recordings_read(recordings: Path) -> None:
    files = [
        path
        for path in sorted(recordings.glob("*/*.csv"))
        if path.name != "index.csv" and not path.name.endswith(".reps.csv")
    ]
    assert files
    for path in files:
        source = CsvSource(path)
        samples = joined(list(source))
        assert source.bad_lines == (), path.name
        assert 0.7 < float(np.median(np.linalg.norm(samples.accel_g, axis=1))) < 2.2, path.name
