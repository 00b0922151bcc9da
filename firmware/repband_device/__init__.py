"""The sensor's own program: reads the motion sensor's FIFO, keeps minutes of samples, answers its host.

app puts the parts together; every part is testable alone. Integers stay within 31 bits, and no sample costs memory.
"""

VERSION = (0, 1, 0)
SIDES = ("unknown", "left", "right")  # in the order of the wire format's numbers
