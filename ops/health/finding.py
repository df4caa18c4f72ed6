"""What a check before a run finds: one line, with what to do."""

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """What a check found."""

    OK = "ok"
    WRONG = "wrong"
    LEFT_OUT = "left out"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's.

    Attributes:
        about: what was looked at.
        state: what was found.
        text: what is so, or what is wrong.
        remedy: what to do.
    """

    about: str
    state: State
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.state.value}: {self.about}: {self.text}" + (f"; {self.remedy}" if self.remedy else "")
