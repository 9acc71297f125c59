"""Operations that are done together leave what they leave one after the other, and can be taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from gullu.migrating import Together

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = migrations.CreateModel("Tried", [("id", models.BigAutoField(primary_key=True))])


def others() -> list[Operation]:
    return [
        migrations.AddField("Tried", "code", models.CharField(max_length=9, default="")),
        migrations.AddIndex("Tried", models.Index(fields=["code"], name="tried_code")),
        migrations.AddConstraint("Tried", models.UniqueConstraint(fields=["code"], name="tried_once")),
        migrations.CreateModel(
            "Other",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("tried", models.ForeignKey("tried.Tried", models.CASCADE)),
            ],
        ),
        migrations.AddField("Other", "number", models.IntegerField(default=1)),
    ]


def run(operations: list[Operation]) -> list[tuple[ProjectState, Operation, ProjectState]]:
    """Do them in a new database of one app; the states to go back by."""
    state, done = ProjectState(), []
    for operation in operations:
        before = state.clone()
        operation.state_forwards("tried", state)
        with connection.schema_editor() as editor:
            operation.database_forwards("tried", editor, before, state)
        done.append((before, operation, state.clone()))
    return done


def tables() -> dict[str, Any]:
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if name.startswith("tried_")]
        return {
            name: (
                [column.name for column in connection.introspection.get_table_description(cursor, name)],
                sorted(connection.introspection.get_constraints(cursor, name)),
            )
            for name in sorted(names)
        }


def take_back(done: list[tuple[ProjectState, Operation, ProjectState]]) -> None:
    for before, operation, after in reversed(done):
        with connection.schema_editor() as editor:
            operation.database_backwards("tried", editor, after, before)


def test_together_is_what_one_after_the_other_is_and_can_be_taken_back() -> None:
    found = []
    for operations in ([FIRST, *others()], [Together([FIRST, *others()])], [FIRST, Together(others())]):
        done = run(operations)
        found.append(tables())
        take_back(done)
        assert tables() == {}

    assert found[0] == found[1] == found[2]
    assert list(found[0]) == ["tried_other", "tried_tried"]
    assert found[0]["tried_tried"][0] == ["id", "code"]
    assert {"tried_code", "tried_once"} <= set(found[0]["tried_tried"][1])
