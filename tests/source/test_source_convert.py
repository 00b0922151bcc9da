"""`repband convert`: what goes in comes out, and nothing is overwritten by accident."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from repband.cli.convert import command, write_rows
from repband.errors import RecordingError, RepBandError, UsageError
from repband.simulate import LinkModel, VirtualSensor, plain_plan
from repband.source import open_source
from repband.stream import Gap, GapCause, SampleBlock, Stream, StreamItem

COUNT = 500


def table(path: Path, gyro: bool = True) -> Path:
    t_s = np.r_[np.arange(300) / 50, 8 + np.arange(200) / 50]
    values = np.column_stack([t_s, np.sin(t_s), np.cos(t_s), np.ones(COUNT), *([10 * t_s] * 3 if gyro else [])])
    header = "t_s,ax,ay,az,gx,gy,gz" if gyro else "t_s,ax,ay,az"
    np.savetxt(path, values, fmt="%.4f", delimiter=",", header=header, comments="")
    return path


def items_of(path: Path) -> list[StreamItem]:
    stream = Stream()
    return [item for arrival in open_source(path) for item in stream.feed(arrival)] + stream.finish()


def values_of(path: Path) -> tuple[np.ndarray, list[Gap]]:
    items = items_of(path)
    rows = [
        np.column_stack([item.t_s, item.accel_g, *([] if item.gyro_dps is None else [item.gyro_dps])])
        for item in items
        if isinstance(item, SampleBlock)
    ]
    return np.concatenate(rows), [item for item in items if isinstance(item, Gap)]


def convert(*args: object) -> Result:
    return CliRunner().invoke(command, [str(arg) for arg in args])


@pytest.mark.parametrize("gyro", [False, True])
def test_there_and_back_again(tmp_path: Path, gyro: bool) -> None:
    first = table(tmp_path / "a.csv", gyro)
    result = convert(first, tmp_path / "b.mcap")
    assert result.exit_code == 0, result.output
    assert "500 samples at 50.0 Hz, 100 missing in 1 gap" in result.output
    assert convert(tmp_path / "b.mcap", tmp_path / "c.csv").exit_code == 0
    before, gaps_before = values_of(first)
    after, gaps_after = values_of(tmp_path / "c.csv")
    assert np.max(np.abs(before - after)) < 1e-9
    assert gaps_before == gaps_after
    assert {path.name for path in tmp_path.iterdir()} == {"a.csv", "b.mcap", "c.csv"}


def test_packets_of_a_sensor_become_a_table(tmp_path: Path) -> None:
    from repband.journal import Recorder, RecordingMeta

    sensor = VirtualSensor(plain_plan("squat", np.random.default_rng(1)), 1, link=LinkModel(loss=0.02), speed=None)
    with Recorder(tmp_path / "live.mcap", RecordingMeta(sensor=sensor.name)) as recorder:
        for frame in sensor:
            recorder.write(frame)
    assert convert(tmp_path / "live.mcap", tmp_path / "live.csv").exit_code == 0
    packets, _ = values_of(tmp_path / "live.mcap")
    rows, gaps = values_of(tmp_path / "live.csv")
    assert np.max(np.abs(rows - packets[:, : rows.shape[1]])) < 1e-4
    assert all(gap.cause is GapCause.SOURCE for gap in gaps)


def test_nothing_is_overwritten_without_force(tmp_path: Path) -> None:
    first = table(tmp_path / "a.csv")
    out = tmp_path / "b.csv"
    out.write_text("mine")
    result = convert(first, out)
    assert isinstance(result.exception, UsageError)
    assert "--force" in str(result.exception)
    assert out.read_text() == "mine"
    assert convert(first, out, "--force").exit_code == 0
    assert out.read_text().startswith("t_s,ax,ay,az,gx,gy,gz\n0.000000,")
    assert convert(first, first, "--force").exit_code == 0
    assert len(values_of(first)[0]) == COUNT


def test_a_failure_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("nothing of use")
    for name in ("b.csv", "b.mcap"):
        out = tmp_path / name
        out.write_text("mine")
        assert isinstance(convert(bad, out, "--force").exception, RecordingError)
        assert out.read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"bad.csv", "b.csv", "b.mcap"}


def test_a_format_nobody_knows_and_a_folder_that_is_not_there(tmp_path: Path) -> None:
    first = table(tmp_path / "a.csv")
    assert isinstance(convert(first, tmp_path / "b.xlsx").exception, UsageError)
    assert isinstance(convert(tmp_path / "none.csv", tmp_path / "b.csv").exception, RecordingError)
    assert isinstance(convert(first, tmp_path / "none" / "b.csv").exception, RepBandError)


def test_bad_lines_are_said(tmp_path: Path) -> None:
    first = table(tmp_path / "a.csv", gyro=False)
    lines = first.read_text().splitlines()
    lines[7] = "oops"
    first.write_text("\n".join(lines))
    result = convert(first, tmp_path / "b.csv")
    assert result.exit_code == 0
    assert 'a.csv line 8: "oops" is not a number; 1 lines left out' in result.output


def test_standard_input(tmp_path: Path) -> None:
    text = table(tmp_path / "a.csv").read_text()
    result = CliRunner().invoke(command, ["-", str(tmp_path / "b.csv")], input=text)
    assert result.exit_code == 0, result.output
    assert len(values_of(tmp_path / "b.csv")[0]) == COUNT


def test_columns_are_settled_by_the_first_block(tmp_path: Path) -> None:
    plain = SampleBlock(0, np.array([0.0]), np.ones((1, 3)))
    turned = SampleBlock(1, np.array([0.1]), np.ones((1, 3)), np.ones((1, 3)))
    for items, columns in (([plain, turned], 4), ([turned, plain], 7)):
        path = tmp_path / "rows.csv"
        with path.open("w") as file:
            write_rows(items, file)
        assert [line.count(",") + 1 for line in path.read_text().splitlines()] == [columns] * 3
