"""Migrating quickly: all operations of a migration on many tables, with the state of all models worked out once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    AlterModelOptions,
    AlterUniqueTogether,
    CreateModel,
)
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_PARTS_OF_A_TABLE = (AddConstraint, AddField, AddIndex, AlterField, AlterModelOptions, AlterUniqueTogether)


class Together(Operation):
    """Operations that lead from one state to another in one go.

    A new table is made as it is in the end, so that what is added to it further on in the list is there already.
    Other tables are changed one operation after the other; each must find its field, index or constraint as it is in
    the end, so nothing may be added and then changed or taken away again.

    Django works out anew what every operation touches, and all models that point to it, which is nearly every model:
    that took four fifths of the time of making a database.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # Rendered once when it is asked for again, with everything that follows.
        vars(state).pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation, _made in self._needed():
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation, made in reversed([*self._needed()]):
            # A trigger is taken off a table that is gone in the state before.
            before = from_state if made else to_state
            operation.database_backwards(app_label, schema_editor, from_state, before)

    def describe(self) -> str:
        return f"{len(self.operations)} operations together"

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        return self.__class__.__name__, [self.operations], {}

    def _needed(self) -> Iterator[tuple[Operation, bool]]:
        """What is to be done, and whether to a table that was made here; parts of such a table come with it."""
        tables: set[str] = set()
        for operation in self.operations:
            made = _table_of(operation) in tables
            if isinstance(operation, CreateModel):
                tables.add(operation.name_lower)
            if not (made and isinstance(operation, _PARTS_OF_A_TABLE)):
                yield operation, made


def _table_of(operation: Any) -> str:
    """The model an operation is about; empty for plain SQL."""
    name: str = getattr(operation, "model_name", "") or getattr(operation, "name", "") or ""
    return name.lower()


__all__ = ["Together"]
