"""Knows the prescription: sets, rests and corrections over the reps; knows nothing of radios."""
