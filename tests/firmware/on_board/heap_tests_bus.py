"""A bus that takes no memory."""


class SilentBus:
    """An I2C bus whose sensor has the same number of samples at every drain; allocates nothing."""

    def __init__(self, count_register, count, tag=0):
        self.count_register = count_register
        self.count = count
        self.tag = tag

    def readfrom_mem_into(self, address, register, buffer):
        if register == self.count_register:
            self._count(register, buffer)
        elif register == 0x78:
            for at in range(0, len(buffer), 7):
                buffer[at] = self.tag
        elif register == 0x3A:
            buffer[0] = 0

    def _count(self, register, buffer):
        for at in range(len(buffer)):
            buffer[at] = 0
        buffer[1 if register == 0x72 else 0] = self.count

    def writeto_mem(self, address, register, data):
        pass
