"""Rows that a stage makes one after the other, kept in its checkpoints between attempts."""

import time

import pyarrow as pa
import pyarrow.parquet as pq

from training.artifacts import newest_verified, write_checkpoint
from training.folder import JobFolder, Row

SECONDS_BETWEEN_CHECKPOINTS = 30.0


class KeptRows:
    """`rows` begins with those of the attempt before. name: the file's in a checkpoint."""

    def __init__(self, folder: JobFolder, name: str) -> None:
        self._folder, self._name = folder, name
        found = newest_verified(folder.checkpoints, on_skip=folder.warn)
        self.rows: list[Row] = pq.read_table(found / name).to_pylist() if found else []
        self._saved_at = time.monotonic()

    def save(self, *, step: int | None = None) -> None:
        """Keep what there is. step: the checkpoint's number; how many rows there are, if None."""
        if self.rows:
            table = pa.Table.from_pylist(self.rows)
            write_checkpoint(
                self._folder.checkpoints,
                len(self.rows) if step is None else step,
                lambda to: pq.write_table(table, to / self._name),
            )

    def save_now_and_then(self) -> None:
        """Keep what there is, if the last time was a while ago."""
        if time.monotonic() - self._saved_at > SECONDS_BETWEEN_CHECKPOINTS:
            self.save()
            self._saved_at = time.monotonic()
