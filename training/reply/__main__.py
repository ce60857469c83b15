"""`python -m training.reply FOLDER`."""

from training.reply.trainer import reply
from training.stage import main

main(reply)
