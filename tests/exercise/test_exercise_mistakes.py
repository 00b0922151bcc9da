"""Whatever is wrong with a file: an ExerciseFileError that names file, line and cure, and nothing else."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from repband.errors import ExerciseFileError
from repband.exercise import exercise_names, load_exercise
from repband.exercise.toml import MAX_FILE_BYTES
from repband.paths import shipped

BRIDGE = (shipped("exercises") / "bridge.toml").read_text(encoding="utf-8")
OWN = BRIDGE.replace('name = "bridge"', 'name = "my-bridge"', 1)
PLACE = re.compile(r"my-bridge\.toml line (\d+)")


@pytest.fixture
def own(tmp_path) -> Path:
    return tmp_path / "my-bridge.toml"


def complaint(own: Path, text: str | bytes) -> str:
    """What loading says of a file with this content."""
    own.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ExerciseFileError) as caught:
        load_exercise(own)
    return str(caught.value)


def line_of(text: str, piece: str) -> int:
    return text[: text.index(piece)].count("\n") + 1


def swapped(old: str, new: str) -> tuple[str, int]:
    """The own bridge file with one piece replaced, and the line of the change."""
    assert OWN.count(old) >= 1
    return OWN.replace(old, new, 1), line_of(OWN, old)


def test_the_unchanged_file_is_fine(own):
    own.write_text(OWN, encoding="utf-8")
    assert load_exercise(own).name == "my-bridge"
    assert load_exercise(str(own)) == load_exercise(own)


def test_byte_order_mark_and_windows_lines_are_fine(own):
    own.write_bytes(b"\xef\xbb\xbf" + OWN.replace("\n", "\r\n").encode())
    assert load_exercise(own).title == "Bridge"


@pytest.mark.parametrize(
    ("old", "new", "what", "cure"),
    [
        ("summary = ", "sumary = ", "unknown key sumary", "did you mean summary?"),
        ("one_sided = false", 'one_sided = "no"', "movement.one_sided is 'no'", "write true or false"),
        ("least = 7", "least = -1", "movement.excursion_deg.least is -1", "from 0 to 150"),
        ("least = 7", "least = nan", "movement.excursion_deg.least is nan", "from 0 to 150"),
        ("most = 31", "most = 151", "movement.excursion_deg.most is 151", "from 0 to 150"),
        ("least = 1.5", "least = 0.4", "movement.rep_s.least is 0.4", "from 0.5 to 60"),
        ("sets = 2", "sets = 21", "dose.sets is 21", "from 1 to 20"),
        ("sets = 2", "sets = 2.0", "dose.sets is 2.0", "a whole number"),
        ("sets = 2", f"sets = 0x{'f' * 5000}", "dose.sets is a huge number", "from 1 to 20"),
        ("sets = 2", "sets = 1979-05-27", "dose.sets is a date or time", "a whole number"),
        ("sets = 2", 'sets = 2\n"\\u001b[2J\\n" = 1', "unknown key dose.'\\x1b[2J\\n'", "known here: sets, reps"),
        ("sets = 2", f"sets = 2\n{'k' * 500} = 1", "k...", "known here: sets, reps"),
        ("sets = 2", "sets = true", "dose.sets is true", "a whole number"),
        ("reps = 10", "reps = 101", "dose.reps is 101", "from 1 to 100"),
        ("out = 2", "out = -1", "tempo_s.out is -1", "from 0 to 60"),
        ('out = "concentric"', 'out = "concentrik"', "movement.out is 'concentrik'", "did you mean concentric?"),
        ('when = "too-fast"', 'when = "knees-in"', "cues[1].when is 'knees-in'", "choose one of"),
        ('title = "Bridge"', 'title = "  "', "title is empty", "what the wearer should read"),
        ('title = "Bridge"', 'title = "a\\tb"', "title holds a line break", "one plain paragraph"),
        ('title = "Bridge"', 'title = "\\u001b[31mred"', "title holds a line break", "one plain paragraph"),
        ('title = "Bridge"', f'title = "{"x" * 61}"', "title is 61 characters", "60 or fewer"),
        ('name = "my-bridge"', 'name = "My Bridge"', "name is 'My Bridge'", "small letters"),
        ('name = "my-bridge"', 'name = "bridge-2"', "the file is 'my-bridge.toml'", "rename the file to bridge-2.toml"),
        ('title = "Bridge"', 'title = "B"\nreplaces_shipped = true', "no exercise my-bridge ships", "remove the line"),
        ("[movement.words]", "[movement.wörds]", "not TOML", "["),
        ("sets = 2", "sets = 2\nsets = 3", "not TOML: Cannot overwrite", "keep one"),
        ("sets = 2", "sets = two", "not TOML", '"quotes"'),
    ],
)
def test_one_mistake(own, old, new, what, cure):
    text, line = swapped(old, new)
    said = complaint(own, text)
    first = said.splitlines()[0]
    assert what in first
    assert cure in first
    assert abs(int(PLACE.search(first)[1]) - line) <= 1  # a doubled key is on the line after


def test_texts_in_a_list_have_their_own_line(own):
    text, _ = swapped('  "Holding the breath.",', "  3,")
    said = complaint(own, text)
    assert "faults[4] is 3" in said
    assert f"line {line_of(text, '  3,')}:" in said


def test_missing_key_names_the_table_it_belongs_to(own):
    text, _ = swapped('hold = "hold"\n', "")
    said = complaint(own, text)
    assert "movement.words.hold is missing" in said
    assert f"line {line_of(text, '[movement.words]')}:" in said


def test_key_below_a_table_is_told_where_it_belongs(own):
    steps = OWN[OWN.index("faults = [") : OWN.index("safety = [")]
    text = OWN.replace(steps, "").replace("[movement]\n", "[movement]\n" + steps, 1)
    assert "faults belongs to the top of the file: move it above the first [table]" in complaint(own, text)


def test_span_out_of_order(own):
    text, _ = swapped("typical = 16", "typical = 36")
    said = complaint(own, text)
    assert "out of order: least 7, typical 36, most 31; write them in rising order" in said
    assert f"line {line_of(text, '[movement.excursion_deg]')}:" in said


def test_tempo_that_no_rep_can_keep(own):
    text, _ = swapped("hold = 2", "hold = 50")
    said = complaint(own, text)
    assert "make 54 s, outside movement.rep_s (1.5 to 20 s)" in said
    assert f"line {line_of(text, '[tempo_s]')}:" in said


def test_all_mistakes_at_once_in_the_order_of_their_lines(own):
    text = OWN.replace("sets = 2", "sets = 0").replace("least = 7", "least = 700").replace("summary", "sumary")
    said = complaint(own, text).splitlines()
    assert len(said) == 3
    numbers = [int(PLACE.search(mistake)[1]) for mistake in said]
    assert numbers == sorted(numbers)


def test_mistakes_are_errors_of_their_own(own):
    own.write_text(OWN.replace("sets = 2", "sets = 0").replace("least = 7", "least = 700"), encoding="utf-8")
    with pytest.raises(ExerciseFileError) as caught:
        load_exercise(own)
    found = caught.value.mistakes
    assert [mistake.cure for mistake in found] == ["choose a number from 0 to 150", "choose a number from 1 to 20"]


def test_shipped_name_needs_a_word(tmp_path):
    own = tmp_path / "bridge.toml"
    own.write_text(BRIDGE, encoding="utf-8")
    with pytest.raises(ExerciseFileError, match=r"bridge\.toml line 1: .*ships with RepBand.*replaces_shipped = true"):
        load_exercise(own)


def test_safety_is_no_exercise_name(tmp_path):
    own = tmp_path / "safety.toml"
    own.write_text(OWN.replace("my-bridge", "safety"), encoding="utf-8")
    with pytest.raises(ExerciseFileError, match="taken by a file of another kind"):
        load_exercise(own)


@pytest.mark.parametrize(
    ("encoded", "line"),
    [
        (OWN.encode("utf-16"), 1),
        (OWN.replace("Bridge", "Brücke", 1).encode("latin-1"), 2),
        (b"name = 'x'\n\n\xff\xfe", 3),
        (b"\x00" * 20, 1),
    ],
)
def test_wrong_encoding(own, encoded, line):
    said = complaint(own, encoded)
    assert f"line {line}" in said
    assert "UTF-8" in said or "not TOML" in said


def test_huge_file(own):
    said = complaint(own, b"# filler\n" * (MAX_FILE_BYTES // 9 + 1))
    assert "larger than 64 KB" in said
    assert PLACE.search(said)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name = 'x'\na = " + "[" * 5000, 2),
        ("a = " + "[\n" * 4000, 4000),
        ("a = 1\nb = " + "9" * 5000 + "\n", 2),
        ("a = 1\nb = [1,\n", 2),
    ],
)
def test_texts_that_break_parsers(own, text, line):
    said = complaint(own, text)
    assert f"line {line}" in said, said[:200]


def test_empty_file_names_what_is_needed(own):
    said = complaint(own, "")
    for key in ("name", "title", "summary", "placement", "movement", "dose", "tempo_s"):
        assert f"the key {key} is missing" in said


def test_no_such_file(tmp_path):
    with pytest.raises(ExerciseFileError, match="there is no such file"):
        load_exercise(tmp_path / "none.toml")


def test_a_folder_is_no_file(tmp_path):
    folder = tmp_path / "x.toml"
    folder.mkdir()
    with pytest.raises(ExerciseFileError, match="can't be read"):
        load_exercise(folder)


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs modes")
def test_unreadable_file(own):
    own.write_text(OWN, encoding="utf-8")
    own.chmod(0)
    with pytest.raises(ExerciseFileError, match="can't be read"):
        load_exercise(own)


OPTIONAL = {"longer_stay", "range_cue", "count_as"}


def needed_lines() -> list[int]:
    """The lines (from 0) of the own bridge file that hold a whole key which no file may lack."""
    lines = OWN.split("\n")
    keys = {number: line.split(" = ")[0] for number, line in enumerate(lines) if re.match(r"\w+ = .*[^\[]$", line)}
    tempo_source = lines.index("[tempo_s]") + 5
    return [number for number, key in keys.items() if key not in OPTIONAL and number != tempo_source]


@pytest.mark.parametrize("number", needed_lines())
def test_no_key_may_be_missing(own, number):
    lines = OWN.split("\n")
    key = lines.pop(number).split(" = ")[0]
    assert re.search(rf"line \d+: the key [\w.\[\]]*{key} is missing; add it", complaint(own, "\n".join(lines)))


@pytest.mark.parametrize("key", ["steps", "safety"])
def test_no_list_may_be_missing(own, key):
    text = re.sub(rf"^{key} = \[.*?^\]\n", "", OWN, count=1, flags=re.MULTILINE | re.DOTALL)
    assert f"the key {key} is missing" in complaint(own, text)


FAST = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def valid_or_named(own: Path, content: bytes) -> None:
    """Loading gives an exercise, or an error that names file and line; nothing else gets out."""
    own.write_bytes(content)
    try:
        load_exercise(own)
    except ExerciseFileError as error:
        for mistake in str(error).split("\n"):
            assert PLACE.search(mistake), mistake
            assert "; " in mistake, "a cure follows"


@FAST
@given(st.binary(max_size=300))
def test_junk(own, junk):
    valid_or_named(own, junk)


@FAST
@given(st.text(max_size=300))
def test_junk_text(own, junk):
    valid_or_named(own, junk.encode("utf-8", "surrogatepass"))


@FAST
@given(st.integers(0, len(OWN.encode()) - 1), st.binary(min_size=1, max_size=8))
def test_a_valid_file_with_junk_bytes_in_it(own, at, junk):
    raw = OWN.encode()
    valid_or_named(own, raw[:at] + junk + raw[at + len(junk) :])


@FAST
@given(st.integers(0, len(OWN) - 1))
def test_a_file_cut_anywhere(own, at):
    valid_or_named(own, OWN[:at].encode())


@FAST
@given(st.sampled_from(OWN.split("\n")), st.data())
def test_a_file_with_a_line_moved(own, line, data):
    lines = OWN.split("\n")
    lines.remove(line)
    lines.insert(data.draw(st.integers(0, len(lines))), line)
    valid_or_named(own, "\n".join(lines).encode())


WRONG = st.sampled_from(
    ['"text"', "-1", "1e9", "nan", "inf", "true", "[]", "[1]", "{}", "{a = 1}", '""', "1979-05-27", f"0x{'f' * 5000}"]
)


@FAST
@given(st.sampled_from([line for line in OWN.split("\n") if re.match(r"\w+ = [^\[]", line)]), WRONG)
def test_a_value_of_any_other_kind(own, line, value):
    valid_or_named(own, OWN.replace(line, f"{line.split(' = ')[0]} = {value}", 1).encode())


@FAST
@given(st.sampled_from(sorted(set(re.findall(r"^(\w+) = ", OWN, re.MULTILINE)))), st.data())
def test_a_misspelt_key_is_always_an_error(own, key, data):
    at = data.draw(st.integers(0, len(key) - 1))
    wrong = key[:at] + data.draw(st.sampled_from("xqz")) + key[at + 1 :]
    text = re.sub(rf"^{key} = ", f"{wrong} = ", OWN, count=1, flags=re.MULTILINE)
    if wrong != key:
        assert re.search(rf"unknown key [\w.\[\]]*{wrong}; ", complaint(own, text))


def test_names_never_open_files(tmp_path, monkeypatch):
    monkeypatch.setenv("REPBAND_HOME", str(tmp_path))
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "broken.toml").write_bytes(b"\xff\xff")
    assert "broken" in exercise_names()
