"""The base of every refusal that a person gets: what is wrong, where, and what to do next."""

from typing import Any, ClassVar


class Refused(Exception):
    """A story said no and changed nothing. `reason` says why, `advice` what to do; both are whole sentences."""

    code: ClassVar[str] = "refused"
    conflict: ClassVar[bool] = False
    """True when the farm's state refuses (sold out, closed); False when the request itself is wrong."""

    def __init__(self, reason: str, *, advice: str, field: str = "", **extra: Any) -> None:
        super().__init__(f"{reason} {advice}".strip())
        self.reason = reason
        self.advice = advice
        self.field = field
        self.extra = extra
