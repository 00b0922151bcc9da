"""How full the battery is, as far as the board can measure it."""

from machine import ADC, Pin
from micropython import const
from repband_wire.info import BATTERY_UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any  # noqa: F401 - in a comment

LOW_PERCENT = 10
EMPTY_MV = 3300  # a protected cell cuts off at 3.0 V or less; the flash must be written before that
_HYSTERESIS = const(5)
_READINGS = const(8)
_SUPPLY_MV = const(3300)  # what the Pico's converter compares with
_CURVE = ((4200, 100), (3950, 75), (3800, 50), (3700, 25), (3500, 5), (EMPTY_MV, 0))  # rough: no cell was measured


class Battery:
    """The cell, measured through a divider. `config` is the "battery" object of the config file, or None.

    Attributes:
        present: whether the board can measure it.
        millivolts, percent: as measured last; 0 and BATTERY_UNKNOWN before, or where it can't be.
        charging: whether a charger is at work, where a pin tells.
        low, empty: whether to warn, and to stop.
    """

    def __init__(self, config: "dict | None") -> None:
        self.present = config is not None
        self.millivolts = 0
        self.percent = BATTERY_UNKNOWN
        self.low = False
        self._ratio_pc = 100
        self._charging = None
        if config is None:
            return
        self._adc = ADC(Pin(config["adc"]))  # type: Any  # its methods differ from port to port
        self._ratio_pc = int(config["ratio"] * 100)
        if config["charging"] is not None:
            self._charging = Pin(config["charging"], Pin.IN)
        self.measure()

    @property
    def charging(self) -> bool:
        """Whether a charger is at work; it pulls its pin low."""
        return self._charging is not None and self._charging.value() == 0

    @property
    def empty(self) -> bool:
        """Whether the board must stop."""
        return self.present and not self.charging and self.millivolts < EMPTY_MV

    def measure(self) -> None:
        """Reads the voltage."""
        if not self.present:
            return
        total_mv = 0
        for _ in range(_READINGS):
            total_mv += self._read_mv()
        self.millivolts = total_mv // _READINGS * self._ratio_pc // 100
        self.percent = percent_of(self.millivolts)
        limit = LOW_PERCENT + (_HYSTERESIS if self.low else 0)
        self.low = self.percent <= limit and not self.charging

    def _read_mv(self) -> int:
        if hasattr(self._adc, "read_uv"):  # calibrated: the ESP32's
            return self._adc.read_uv() // 1000
        return self._adc.read_u16() * _SUPPLY_MV // 65535


def percent_of(millivolts: int) -> int:
    """0 to 100 from the voltage of a lithium polymer cell, in straight lines between a few points."""
    above_mv, above = _CURVE[0]
    if millivolts >= above_mv:
        return above
    for below_mv, below in _CURVE[1:]:
        if millivolts >= below_mv:
            return below + (above - below) * (millivolts - below_mv) // (above_mv - below_mv)
        above_mv, above = below_mv, below
    return 0
