"""`python -m training.reward FOLDER`."""

from training.folder import main
from training.reward.trainer import reward

main(reward)
