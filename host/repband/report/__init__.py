"""What the history says over weeks: adherence, trends, sides against each other, and a report for the physiotherapist.

`trend_of`, `weeks_of` and `symmetry_of` are plain figures from `repband.journal.overview`; `write_report` puts them on
paper, `repband.report.csv`, `.fit` and `.bundle` into other programs' files.
"""

from repband.report.adherence import Week, joined, weeks_of
from repband.report.symmetry import Symmetry, symmetry_of
from repband.report.trend import Trend, TrendPoint, trend_of

__all__ = ["Symmetry", "Trend", "TrendPoint", "Week", "joined", "symmetry_of", "trend_of", "weeks_of"]
