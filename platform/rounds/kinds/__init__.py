"""The stages of a round as kinds of jobs: what goes into their folder, and what is taken over."""

from jobs.kinds import TrainingKind
from rounds.kinds.evaluate import EvaluateKind
from rounds.kinds.generate import GenerateKind
from rounds.kinds.ppo import PPOKind
from rounds.kinds.reward import RewardKind
from rounds.kinds.sft import SFTKind

ALL: tuple[type[TrainingKind], ...] = (GenerateKind, SFTKind, RewardKind, PPOKind, EvaluateKind)
