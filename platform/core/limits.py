"""How much one request may carry, how long it may take, and how many may be open at once.

The one home of these numbers: the web server refuses by them, forms and pages name them.
"""

SIGNED_OUT = 64 * 2**10  # bytes of a body from somebody whom we do not know
SIGNED_IN = 2 * 2**20  # 100,000 characters of a form are 1.2 MB at most
IMPORT_FILE = 256 * 2**20
CORPUS_FILE = 20 * 2**20
FORM = SIGNED_OUT  # what stands around a file

HEAD_SECONDS = 20.0  # for the head of a request, from the first byte or from the connection on
SILENCE_SECONDS = 20.0  # between two pieces of a body
SLOWEST = 64 * 2**10  # bytes a second; a slower body is given up
READER_SECONDS = 60.0  # between two looks at how much of an answer was read
SLOWEST_READER = 2**10  # bytes a second of it; whoever takes less is not waited for

LARGE_BODIES = 2**30  # bytes of those over SIGNED_OUT that one process takes at once
CONNECTIONS = 1000  # open at once in one process
CONNECTIONS_OF_ONE_ADDRESS = 250  # where no proxy stands before us

ANSWER_SECONDS = 15.0  # that a page waits for one answer of the database

REFUSAL = "rondo.refusal"  # in the environment of a request: (status, bytes that were allowed)


def seconds_for(size: int) -> float:
    """How long a body that may have `size` bytes may take."""
    return SILENCE_SECONDS + size / SLOWEST
