"""`python -m training.dpo FOLDER`."""

from training.dpo.trainer import dpo
from training.stage import main

main(dpo)
