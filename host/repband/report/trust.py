"""The report's last sections: how good the data are, how they were made, what they can't say, and safety."""

from __future__ import annotations

from collections.abc import Iterator

from repband.report.charts import TOLERANCE
from repband.report.gather import Material
from repband.report.markup import Child, Markup, bullets, paragraph, table, tag
from repband.screen.kept import words_of


def quality(material: Material) -> Markup:
    """How good the data are."""
    return tag(
        "section",
        tag("h2", "How good the data are"),
        table(("What", "Figure", "What it means"), list(_quality_rows(material)), caption="Over the whole span"),
        _cues(material),
    )


def _quality_rows(material: Material) -> Iterator[list[Child]]:
    sets, lines = [one for _, one in material.sets], material.sessions
    shares = [share for line in lines if (share := line.missing_share) is not None]
    if shares:
        worst = max(lines, key=lambda line: line.missing_share or 0.0)
        mean, most = sum(shares) / len(shares), worst.missing_share or 0.0
        figure = f"{100 * mean:.2f} % on average, at most {100 * most:.1f} % ({worst.day})"
        yield ["Samples missing", figure, f"known for {len(shares)} of {len(lines)} sessions; gaps can hide a rep"]
    ranges = sum(one.count_min is not None and one.count_min != one.count_max for one in sets)
    yield ["Sets with an uncertain count", f"{ranges} of {len(sets)}", "samples are missing where a rep may have been"]
    odd, measured = sum(one.odd for one in sets), sum(one.measured for one in sets)
    yield [
        "Reps measured with a flaw",
        f"{odd} of {measured}",
        "a gap inside, a hold cut short, or much smaller than usual",
    ]
    corrected = sum(one.corrected for one in sets)
    yield ["Counts corrected", f"{corrected} of {len(sets)} sets", "the wearer's number is used; both are kept"]
    both = [one for one in sets if one.device_counted is not None]
    if both:
        agree = sum(one.device_counted == one.counted for one in both)
        yield [
            "Sensor and computer agree",
            f"{agree} of {len(both)} sets",
            "both count by themselves; the computer's is used",
        ]
    alone = [line for line in lines if line.counted_by_sensor]
    if alone:
        unknown = sum(bool(line.quality.get("started_at_latest")) for line in alone)
        times = f"; of {unknown} it is only known that they were not later" if unknown else ""
        yield [
            "Counted by the sensor alone",
            f"{len(alone)} of {len(lines)} sessions",
            f"no computer listened; when they were is known by the sensor's clock{times}",
        ]
    slipped = sum(refit.why != "side" for line in lines for refit in line.refits)
    yield [
        "Strap slipped or refitted",
        f"{slipped} times",
        "within a session; angles before and after compare less well",
    ]
    broken = sum(line.ended is None for line in lines)
    yield ["Sessions broken off", f"{broken} of {len(lines)}", "what was done until then is in this report"]
    if material.taken_up:
        yield ["Sessions taken up again", f"{material.taken_up}", "they broke off and went on; each counts once"]
    if material.empty:
        yield ["Sessions without a rep", f"{len(material.empty)}", "not counted as done"]
    if material.tempo_sd_s is not None:
        out, hold, back = material.tempo_sd_s
        figure = f"± {out:.2f}, {hold:.2f}, {back:.2f} s"
        yield ["Uncertainty of one rep's phases", figure, "standard uncertainty of the way out, the hold, the way back"]
    sensors = ", ".join(dict.fromkeys(line.sensor or "unknown" for line in lines))
    yield ["Sensor", sensors or "unknown", "as it named itself"]
    detectors = ", ".join(dict.fromkeys(one.detector or "none" for one in sets))
    yield ["Counted by", f"detector {detectors}", "another version may find other reps in the same movement"]


def _cues(material: Material) -> Markup | None:
    if not material.cues:
        return None
    rows = [
        [words_of(exercise).title, name.replace("-", " "), count] for (exercise, name), count in material.cues.items()
    ]
    return table(("Exercise", "Cue", "Times"), rows, caption="What RepBand said during sets", class_="numbers")


def method(material: Material) -> Markup:
    """How it was made and what it can't say."""
    return tag(
        "section",
        tag("h2", "Method and limits"),
        bullets(
            [
                "One motion sensor strapped to one thigh measures how gravity turns in its frame. From that RepBand "
                "counts reps, times their phases and gives the angle by which the thigh turned.",
                material.safety.limits,
                "The angle is the excursion of the thigh from its rest posture. It is not the range of motion of the "
                "hip, and it depends on where the strap sits. A larger one is not a better one.",
                "Phases are named, not coded: the way out of the rest posture, the hold, the way back, the rest. "
                f"Times count as kept within {TOLERANCE:.0%} of the prescription, on the mean of a set.",
                "The strap is put on anew for each session and each side; that is part of the scatter between "
                "sessions, and of the interval between left and right. The interval knows nothing of errors that "
                "repeat each time.",
                "Effort and pain are the wearer's own answers from 0 to 10. Silence is not zero.",
                "Numbers that the wearer corrected are used as corrected; the counted ones are kept and listed.",
                "Many figures are compared here, so some will stand out by chance.",
            ]
        ),
    )


def safety(material: Material) -> Markup:
    """When to see somebody."""
    texts = material.safety
    return tag(
        "section",
        tag("h2", "Safety"),
        paragraph("RepBand counts and coaches. It does not diagnose, and nothing in this report is a diagnosis."),
        tag("h3", "See a professional when"),
        bullets(texts.professional),
        tag("h3", texts.red_flags.title),
        bullets(texts.red_flags.signs),
        paragraph(tag("strong", texts.red_flags.act)),
        class_="safety",
    )
