"""Which exercise this is, with a confidence and an honest unknown: a suggestion, never a silent choice.

Feed a `Recogniser` what motion and the rep counter gave, or give a whole recording to `recognise_result`.
"""

from repband.recognise.base import Recognition
from repband.recognise.recogniser import Recogniser, recognise_result

__all__ = ["Recogniser", "Recognition", "recognise_result"]
