"""A process that turns a Parquet file into JSON lines: see labeling.readers.parquet.

    python parquet_process.py BYTES SECONDS ROWS <file >lines

BYTES is how much memory it may take, SECONDS how long it may compute: a small file may unpack to
any size. One of more than ROWS ends it with TOO_MANY before the first line. It imports nothing of
Rondo.
"""

import io
import resource
import sys

BATCH = 64  # rows that are decoded at once
TOO_MANY = 3  # an exit status

if __name__ == "__main__":
    memory, seconds, most = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from arro3.io import read_parquet, write_ndjson

    content = io.BytesIO(sys.stdin.buffer.read())
    rows = 0
    for batch in read_parquet(content, batch_size=BATCH):
        rows += batch.num_rows
        if rows > most:
            sys.exit(TOO_MANY)
    content.seek(0)
    write_ndjson(read_parquet(content, batch_size=BATCH), sys.stdout.buffer)
