"""A process that turns a Parquet file into JSON lines: see labeling.readers.parquet.

    python parquet_process.py BYTES SECONDS <file >lines

BYTES is how much memory it may take, SECONDS how long it may compute: a small file may unpack to
any size. It imports nothing of Rondo.
"""

import io
import resource
import sys

BATCH = 64  # rows that are decoded at once

if __name__ == "__main__":
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from arro3.io import read_parquet, write_ndjson

    content = io.BytesIO(sys.stdin.buffer.read())
    write_ndjson(read_parquet(content, batch_size=BATCH), sys.stdout.buffer)
