"""The least of MicroPython's `bluetooth` that the program starts with: nobody is near, nothing is kept."""


class UUID:
    def __init__(self, value):
        pass


class BLE:
    def active(self, on=None):
        return True

    def config(self, name=None, **values):
        return (0, b"\x01\x02\x03\x04\x05\x06")

    def irq(self, handler):
        pass

    def gatts_register_services(self, services):
        return ((1, 2, 3, 4), (5,), (6, 7, 8))

    def gatts_set_buffer(self, handle, size, append=False):
        pass

    def gatts_write(self, handle, data, notify=False):
        pass

    def gap_advertise(self, interval_us, data=b"", resp_data=b""):
        pass
