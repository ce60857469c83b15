"""Exports as rows and tables, beside files."""

import json
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import httpx

from rondo_client.base import UNSET, at
from rondo_client.errors import RunEndedError, UnreachableError
from rondo_client.models.exports import FiltersIn
from rondo_client.progress import Progress
from rondo_client.resources import exports
from rondo_client.waiting import ENDED, Waiting

if TYPE_CHECKING:
    import pandas as pd
    from datasets import Dataset

Row = dict[str, Any]
ROWS = 10_000  # of one table


class ExportsApi(exports.ExportsApi):
    """What people said, as files, rows, and tables: frozen, downloaded, removed."""

    NOT_IN_SHELL: ClassVar = frozenset({"rows", "tables", "to_pandas", "to_dataset"})

    def rows(self, project: str, dataset: str, **filters: Any) -> Iterator[Row]:
        """The rows of a dataset as they come, one in memory at a time.

        filters: as those of `export`.
        """
        path = at("/projects/{project}/exports/{dataset}.jsonl", project=project, dataset=dataset)
        read = 0
        try:
            with self._transport.open("GET", path, params=filters) as response:
                for line in response.iter_lines():
                    yield json.loads(line)
                    read += 1
        except httpx.TransportError as error:
            raise UnreachableError(
                f"The connection broke after {read} rows. Begin again, or use `download`, which"
                " goes on where it stopped."
            ) from error

    def tables(
        self, project: str, dataset: str, *, size: int = ROWS, **filters: Any
    ) -> "Iterator[pd.DataFrame]":
        """The rows as tables of pandas, `size` rows each, one in memory at a time."""
        import pandas as pd  # noqa: PLC0415  an extra: rondo-client[pandas]

        rows = self.rows(project, dataset, **filters)
        while some := list(islice(rows, size)):
            yield pd.DataFrame(some)

    def to_pandas(self, project: str, dataset: str, **filters: Any) -> "pd.DataFrame":
        """The whole dataset as one table of pandas."""
        import pandas as pd  # noqa: PLC0415  an extra: rondo-client[pandas]

        with tempfile.TemporaryDirectory() as folder:
            return pd.read_parquet(self._parquet(project, dataset, Path(folder), filters))

    def to_dataset(
        self, project: str, dataset: str, *, folder: Path | str, **filters: Any
    ) -> "Dataset":
        """The whole dataset as one of the library `datasets`, which reads it from disk as needed.

        folder: where the Parquet file is kept for as long as the dataset is used.
        """
        from datasets import Dataset  # noqa: PLC0415  an extra: rondo-client[datasets]

        file = self._parquet(project, dataset, Path(folder), filters)
        return Dataset.from_parquet(str(file), cache_dir=str(Path(folder) / "cache"))

    def download(
        self,
        project: str,
        dataset: str,
        encoding: Literal["jsonl", "parquet", "csv"],
        target: Path | str,
        *,
        filters: FiltersIn = UNSET,
        timeout: float | None = None,
        progress: Progress | None = None,
    ) -> Path:
        """Freeze an export and download its file.

        A download that broke goes on where it stopped, and the file is checked by its SHA-256.

        dataset: As of `export`.

        filters: As those of `export`, in one: `split=train,round=2`.

        timeout: Seconds at the most until it is written; without one for ever.
        """
        frozen = self.freeze(project, dataset=dataset, encoding=encoding, filters=filters)
        written = Waiting(poll=1.0, timeout=timeout).until(
            lambda: self.read_frozen(project, frozen.id),
            lambda export: export.state in ENDED,
            what=f"Export {frozen.id}",
        )
        if written.state != "succeeded":
            raise RunEndedError(f"Export {frozen.id} {written.state}: freeze it again.")
        return self.read_frozen_file(project, frozen.id, target, progress=progress)

    def _parquet(self, project: str, dataset: str, folder: Path, filters: Row) -> Path:
        target = folder / f"{dataset}.parquet"
        return self.export(project, dataset, "parquet", target, **filters)
