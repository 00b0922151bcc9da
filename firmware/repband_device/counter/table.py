"""What the counter knows of an exercise: the small table that the host compiles from its file."""

VERSION = 2
SIZE = 12  # bytes before the name
MOST_NAME = 17  # what the wire's set-exercise carries

UNSURE = 0  # where most people stay longer
STAYS_AT_TURN = 1
STAYS_AT_REST = 2


class Table:
    """Reads a table: u8 version, u8 longer stay, u16 least chord, u16 sure chord and u16 most angle in 2**-12, u16
    quickest rep in 0.01 s, u8 reps of a usual set, u8 size of the name, and the name.

    Attributes:
        name: of the exercise.
        reps: of a usual set.
        longer_stay: UNSURE, STAYS_AT_TURN or STAYS_AT_REST.
        least_chord: distance from rest from which a first movement is looked at, in 2**-12 g.
        sure_chord: smaller first movements have to be confirmed; in 2**-12 g.
        most_angle: larger first movements have to be confirmed; in 2**-12 rad.
        least_rep: quickest that people do it, in 64ths of a frame.

    Raises:
        ValueError: not a table of this version.
    """

    def __init__(self, data: "bytes | memoryview") -> None:
        if len(data) < SIZE or data[0] != VERSION or len(data) != SIZE + data[11] or data[1] > STAYS_AT_REST:
            raise ValueError("not an exercise table of version 2; compile it anew with the host of this firmware")
        self.longer_stay = data[1]
        self.least_chord = data[2] | data[3] << 8
        self.sure_chord = data[4] | data[5] << 8
        self.most_angle = data[6] | data[7] << 8
        self.least_rep = (data[8] | data[9] << 8) << 4
        self.reps = data[10]
        self.name = str(bytes(data[SIZE:]), "ascii")
