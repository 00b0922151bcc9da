"""The one error of the wire format."""


class WireError(Exception):
    """Bytes, or field values, that are no valid message.

    Args:
        code: a key of words.ERROR_CODES.
        detail: the field, or what was found.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


def check(name: str, value: int, low: int, high: int) -> None:
    """Raises WireError "range" unless `value` is a whole number in [low, high]."""
    if isinstance(value, float) or not low <= value <= high:
        raise WireError("range", f"{name}={value} is not in {low}..{high}")
