"""The wire format between sensor and host: one codec for CPython and MicroPython."""
