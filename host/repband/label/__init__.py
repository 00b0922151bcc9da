"""True reps made by people: pressed while watching, or drawn on the plot of a recording.

Both end in the same `.reps.csv` beside the recording, which `repband bench` reads; an index.csv makes a folder of
them a yardstick. Nothing here counts: the engine's reps are a proposal at most, and labels that began as one say so.
"""

from repband.label.base import Label, Source, in_words
from repband.label.files import read_labels, write_labels
from repband.paths import labels_path

__all__ = ["Label", "Source", "in_words", "labels_path", "read_labels", "write_labels"]
