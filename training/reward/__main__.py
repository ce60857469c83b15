"""`python -m training.reward FOLDER`."""

from training.reward.trainer import reward
from training.stage import main

main(reward)
