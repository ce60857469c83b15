"""`python -m training.generate FOLDER`."""

from training.folder import main
from training.generate.trainer import generate

main(generate)
