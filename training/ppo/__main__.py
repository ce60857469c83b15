"""`python -m training.ppo FOLDER`."""

from training.ppo.trainer import ppo
from training.stage import main

main(ppo)
