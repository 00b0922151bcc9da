"""Names of the Bluetooth service and its characteristics; protocols/wire/GATT.md says what each carries.

A changed table of characteristics gets a new service UUID, because hosts keep the old one in their caches.
"""

SERVICE = "3fd90001-1094-43ad-8fea-a6ffed0cbd5f"
STREAM = "3fd90002-1094-43ad-8fea-a6ffed0cbd5f"
CONTROL = "3fd90003-1094-43ad-8fea-a6ffed0cbd5f"
INFO = "3fd90004-1094-43ad-8fea-a6ffed0cbd5f"
REPS = "3fd90005-1094-43ad-8fea-a6ffed0cbd5f"

NAME_PREFIX = "RepBand-"  # four hexadecimal digits of the device's address follow
