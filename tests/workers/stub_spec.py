"""The spec of the stub trainer."""

from dataclasses import dataclass
from typing import ClassVar

from training.contract.spec import Spec


@dataclass(frozen=True, kw_only=True)
class StubSpec(Spec):
    """See stub_trainer."""

    stage: ClassVar[str] = "stub"
    steps: int = 0
    seconds: float = 0.0
    error: str = ""
    kilobytes: int = 0  # of a checkpoint after each step
    ignore_sigterm: bool = False
