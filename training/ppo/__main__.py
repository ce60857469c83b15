"""`python -m training.ppo FOLDER`."""

from training.folder import main
from training.ppo.trainer import ppo

main(ppo)
