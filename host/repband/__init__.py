"""RepBand counts glute-exercise reps and their tempo from one motion sensor strapped to the thigh."""

__version__ = "0.1.0"
