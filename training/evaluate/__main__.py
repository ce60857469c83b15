"""`python -m training.evaluate FOLDER`."""

from training.evaluate.trainer import evaluate
from training.folder import main

main(evaluate)
