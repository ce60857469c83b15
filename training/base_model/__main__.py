"""`python -m training.base_model FOLDER`."""

from training.base_model.trainer import base_model
from training.stage import main

main(base_model)
