"""The least of MicroPython's `machine` that the program starts on: a bus with a silent MPU6886, and pins.

firmware/simulated is the board that behaves; this one leaves all memory to the program (benchmarks/device_memory.py).
"""

WDT_RESET = 3


def reset_cause():
    return 1


class WDT:
    def __init__(self, timeout):
        pass

    def feed(self):
        pass


class Pin:
    IN, OUT, PULL_UP = 0, 1, 2

    def __init__(self, *arguments, **named):
        pass

    def value(self, *value):
        return 1

    __call__ = value


class ADC:
    def __init__(self, *arguments, **named):
        pass


class PWM:
    def __init__(self, *arguments, **named):
        pass


class I2C:
    def __init__(self, *arguments, **named):
        pass

    def scan(self):
        return [0x68]

    def readfrom_mem(self, address, register, size):
        data = bytearray(size)
        self.readfrom_mem_into(address, register, data)
        return bytes(data)

    def readfrom_mem_into(self, address, register, buffer):
        for at in range(len(buffer)):
            buffer[at] = 0
        if register == 0x75:
            buffer[0] = 0x19

    def writeto_mem(self, address, register, data):
        pass
