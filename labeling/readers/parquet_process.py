"""A process that turns a Parquet file, or a stream of Arrow, into JSON lines.

See labeling.readers.parquet.

    python parquet_process.py BYTES SECONDS ROWS <file >lines

BYTES is how much memory it may take, SECONDS how long it may compute: a small file may unpack to
any size. One of more than ROWS ends it with TOO_MANY before the first line. It imports nothing of
Rondo.
"""

import resource
import sys
from typing import Any

BATCH = 64  # rows that are decoded at once
TOO_MANY = 3  # an exit status

if __name__ == "__main__":
    memory, seconds, most = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from arro3.io import read_ipc_stream, read_parquet, write_ndjson

    file = sys.stdin.buffer  # a file on the disk, which is read as it is needed
    file.seek(0)  # whoever opened it may have looked at it
    is_parquet = file.read(4) == b"PAR1"

    def batches() -> Any:
        """The rows, from the first one on."""
        file.seek(0)
        return read_parquet(file, batch_size=BATCH) if is_parquet else read_ipc_stream(file)

    rows = 0
    for batch in batches():
        rows += batch.num_rows
        if rows > most:
            sys.exit(TOO_MANY)
    write_ndjson(batches(), sys.stdout.buffer)
