"""`python -m training.sft FOLDER`."""

import warnings

from training.sft.trainer import sft
from training.stage import main

warnings.simplefilter("ignore")  # of the libraries, about themselves
main(sft)
