"""Is the sensor worn where it can count: does it move, on the right leg, at its place, on a thigh at all."""

from repband.mount.base import MountKind, MountWarning
from repband.mount.check import MountCheck

__all__ = ["MountCheck", "MountKind", "MountWarning"]
