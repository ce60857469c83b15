"""The stages of training: what goes into the folder of each, and what is taken over."""

from jobs.handlers import TrainingHandler
from rounds.stages.evaluate import Evaluate
from rounds.stages.generate import Generate
from rounds.stages.ppo import PPO
from rounds.stages.reward import Reward
from rounds.stages.sft import SFT

ALL: tuple[type[TrainingHandler], ...] = (Generate, SFT, Reward, PPO, Evaluate)
