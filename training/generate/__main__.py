"""`python -m training.generate FOLDER`."""

from training.generate.trainer import generate
from training.stage import main

main(generate)
