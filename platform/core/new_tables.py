"""A migration that only makes tables, all of them at once."""

from typing import Any

from django.db import migrations


class NewTables(migrations.Migration):
    """`CreateModel` operations with all that their tables have, which may refer to each other.

    Django renders the models anew after each operation, which was most of a first start. Here all
    operations see the state after the last one. Constraints between tables are added at the end,
    so that the order of the operations says nothing.
    """

    def apply(self, project_state: Any, schema_editor: Any, collect_sql: bool = False) -> Any:
        """Make the tables; the state in which they are there."""
        after = self._after(project_state)
        for operation in self.operations:
            operation.database_forwards(self.app_label, schema_editor, project_state, after)
        return after

    def unapply(self, project_state: Any, schema_editor: Any, collect_sql: bool = False) -> Any:
        """Drop them; the state before."""
        after = self._after(project_state)
        for operation in reversed(self.operations):
            operation.database_backwards(self.app_label, schema_editor, after, project_state)
        return project_state

    def _after(self, project_state: Any) -> Any:
        state = project_state.clone()
        vars(state).pop("apps", None)  # rendered once, when all models are known
        return self.mutate_state(state, preserve=False)
