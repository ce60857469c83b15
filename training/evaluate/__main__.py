"""`python -m training.evaluate FOLDER`."""

from training.evaluate.trainer import evaluate
from training.stage import main

main(evaluate)
