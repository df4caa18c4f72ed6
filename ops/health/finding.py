"""The result of a check: one line, with what to do."""

from dataclasses import dataclass
from enum import Enum


class FindingStatus(Enum):
    """The status of a finding."""

    OK = "ok"
    WRONG = "wrong"
    LEFT_OUT = "left out"


@dataclass(frozen=True)
class Finding:
    """One line of `ops doctor`.

    Attributes:
        about: what was checked.
        state: the status.
        text: what was found, or what is wrong.
        remedy: what to do.
    """

    about: str
    state: FindingStatus
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.state.value}: {self.about}: {self.text}" + (f"; {self.remedy}" if self.remedy else "")
