"""`python -m training.sft FOLDER`."""

import warnings

from training.folder import main
from training.sft.trainer import sft

warnings.simplefilter("ignore")  # of the libraries, about themselves
main(sft)
