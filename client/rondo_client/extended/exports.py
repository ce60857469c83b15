"""Exports as rows and tables, beside files."""

import json
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rondo_client.base import at
from rondo_client.resources import exports

if TYPE_CHECKING:
    import pandas as pd
    from datasets import Dataset

Row = dict[str, Any]
ROWS = 10_000  # of one table


class ExportsApi(exports.ExportsApi):
    """Operations on exports."""

    NOT_IN_SHELL: ClassVar = frozenset({"rows", "tables", "to_pandas", "to_dataset"})

    def rows(self, project: str, dataset: str, **filters: Any) -> Iterator[Row]:
        """The rows of a dataset as they come, one in memory at a time.

        filters: as those of `export`.
        """
        path = at("/projects/{project}/exports/{dataset}.jsonl", project=project, dataset=dataset)
        with self._transport.open("GET", path, params=filters) as response:
            for line in response.iter_lines():
                yield json.loads(line)

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

    def _parquet(self, project: str, dataset: str, folder: Path, filters: Row) -> Path:
        target = folder / f"{dataset}.parquet"
        return self.export(project, dataset, "parquet", target, **filters)
