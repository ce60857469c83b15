"""`python -m training.choose FOLDER`."""

from training.choose.trainer import choose
from training.stage import main

main(choose)
