import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from gullu.migrating import Together


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0003_bundles"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        Together(
            [
                migrations.CreateModel(
                    name="CountTaskHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("EMPTY", "Shelf was empty"),
                                    ("SHORT", "Fewer than expected"),
                                    ("ASKED", "Asked for"),
                                ],
                                max_length=10,
                                verbose_name="reason",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="asked")),
                        ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done")),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="asked by",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="history",
                                to="inventory.counttask",
                            ),
                        ),
                        (
                            "shelf",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="inventory.shelf",
                                verbose_name="shelf",
                            ),
                        ),
                        (
                            "variant",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="catalog.variant",
                                verbose_name="variant",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                        "indexes": [models.Index(fields=["pgh_created_at", "pgh_id"], name="counttask_past")],
                    },
                ),
                migrations.CreateModel(
                    name="GoodsInHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        (
                            "mode",
                            models.CharField(
                                choices=[("ADD", "Add"), ("REPLACE", "Replace what is on the shelf")],
                                max_length=8,
                                verbose_name="mode",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("OPEN", "Being scanned"),
                                    ("BOOKED", "Booked"),
                                    ("DROPPED", "Dropped"),
                                ],
                                default="OPEN",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="started")),
                        ("booked_at", models.DateTimeField(blank=True, null=True, verbose_name="booked")),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="history",
                                to="inventory.goodsin",
                            ),
                        ),
                        (
                            "shelf",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="inventory.shelf",
                                verbose_name="shelf",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="person",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                        "indexes": [models.Index(fields=["pgh_created_at", "pgh_id"], name="goodsin_past")],
                    },
                ),
                migrations.CreateModel(
                    name="StockCountHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("OPEN", "Being counted"),
                                    ("COUNTED", "Waits for approval"),
                                    ("APPROVED", "Approved"),
                                    ("REJECTED", "Not accepted"),
                                ],
                                default="OPEN",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("started_at", models.DateTimeField(auto_now_add=True, verbose_name="started")),
                        ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                        ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                        (
                            "counted_by",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="counted by",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="decided by",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="history",
                                to="inventory.stockcount",
                            ),
                        ),
                        (
                            "shelf",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="inventory.shelf",
                                verbose_name="shelf",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                        "indexes": [
                            models.Index(fields=["pgh_created_at", "pgh_id"], name="stockcount_past")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StockPolicyHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.PositiveSmallIntegerField(default=1, editable=False, serialize=False)),
                        (
                            "safety_buffer",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="Pairs held back from sale on every barcode.",
                                verbose_name="buffer for every barcode",
                            ),
                        ),
                        (
                            "risk_buffer",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="Held back in addition where two or more orders were cancelled within 30 days.",
                                verbose_name="extra buffer after cancellations",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="history",
                                to="inventory.stockpolicy",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                        "indexes": [
                            models.Index(fields=["pgh_created_at", "pgh_id"], name="stockpolicy_past")
                        ],
                    },
                ),
                migrations.AlterModelOptions(
                    name="shelfhistory",
                    options={"default_permissions": ()},
                ),
                migrations.AddIndex(
                    model_name="shelfhistory",
                    index=models.Index(fields=["pgh_created_at", "pgh_id"], name="shelf_past"),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="counttask",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "inventory_counttaskhistory" ("created_at", "created_by_id", "done_at", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "shelf_id", "variant_id") VALUES (NEW."created_at", NEW."created_by_id", NEW."done_at", NEW."id", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."shelf_id", NEW."variant_id"); RETURN NULL;',
                            hash="4ee8556df9c4f1e2a2fc87e613a80e95e3e681e4",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_c2555",
                            table="inventory_counttask",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="counttask",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "inventory_counttaskhistory" ("created_at", "created_by_id", "done_at", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "shelf_id", "variant_id") VALUES (NEW."created_at", NEW."created_by_id", NEW."done_at", NEW."id", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."shelf_id", NEW."variant_id"); RETURN NULL;',
                            hash="9090434d7ac1bf48a71942e7fc8fac8a3302eee3",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_2398b",
                            table="inventory_counttask",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="counttask",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "inventory_counttaskhistory" ("created_at", "created_by_id", "done_at", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "shelf_id", "variant_id") VALUES (OLD."created_at", OLD."created_by_id", OLD."done_at", OLD."id", OLD."note", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."shelf_id", OLD."variant_id"); RETURN NULL;',
                            hash="b2100c25dbae6662955491da552b5a06560e1ec4",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_3abb4",
                            table="inventory_counttask",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="goodsin",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "inventory_goodsinhistory" ("booked_at", "created_at", "id", "mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shelf_id", "state", "user_id") VALUES (NEW."booked_at", NEW."created_at", NEW."id", NEW."mode", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."shelf_id", NEW."state", NEW."user_id"); RETURN NULL;',
                            hash="be4b68cbee521445c7b479e45f99b28ad33e471b",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_878e8",
                            table="inventory_goodsin",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="goodsin",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "inventory_goodsinhistory" ("booked_at", "created_at", "id", "mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shelf_id", "state", "user_id") VALUES (NEW."booked_at", NEW."created_at", NEW."id", NEW."mode", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."shelf_id", NEW."state", NEW."user_id"); RETURN NULL;',
                            hash="9c1e55b73aed801aae2b323816d509fcfdc5f6ec",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_711b4",
                            table="inventory_goodsin",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="goodsin",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "inventory_goodsinhistory" ("booked_at", "created_at", "id", "mode", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shelf_id", "state", "user_id") VALUES (OLD."booked_at", OLD."created_at", OLD."id", OLD."mode", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."shelf_id", OLD."state", OLD."user_id"); RETURN NULL;',
                            hash="2c6c6694e36b977dd2ad722415b050ef3ec9b564",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_794c1",
                            table="inventory_goodsin",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="scanlog",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="40c8d11e06a6b4afcbc9b8ad1ed2848246d7fd4e",
                            operation="DELETE",
                            pgid="pgtrigger_append_only_c3644",
                            table="inventory_scanlog",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="scanlog",
                    trigger=pgtrigger.compiler.Trigger(
                        name="read_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."answer" IS DISTINCT FROM (NEW."answer") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."page" IS DISTINCT FROM (NEW."page") OR OLD."received_at" IS DISTINCT FROM (NEW."received_at") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."scanned_at" IS DISTINCT FROM (NEW."scanned_at") OR OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="7dd8857cc0b077647d034cb84ea846e11a3878f2",
                            operation="UPDATE",
                            pgid="pgtrigger_read_only_f4350",
                            table="inventory_scanlog",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="scanlog",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="732c31925afd8eac91f519fb8f99d9fffdda430b",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_ccd47",
                            table="inventory_scanlog",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="shelf",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "inventory_shelfhistory" ("active", "code", "created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "route_order") VALUES (NEW."active", NEW."code", NEW."created_at", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."route_order"); RETURN NULL;',
                            hash="9341ffe70ff946a6a172f12de9ec8730f5e2e663",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_42043",
                            table="inventory_shelf",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="shelfhistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="d173f27bc600df6ffb4953984787ccd4acdef3c5",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_80187",
                            table="inventory_shelfhistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="stockcount",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "inventory_stockcounthistory" ("counted_by_id", "decided_at", "decided_by_id", "finished_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shelf_id", "started_at", "state") VALUES (NEW."counted_by_id", NEW."decided_at", NEW."decided_by_id", NEW."finished_at", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."shelf_id", NEW."started_at", NEW."state"); RETURN NULL;',
                            hash="51c16541dc2474cb48702ccde0fb77be68194d7f",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_62ab4",
                            table="inventory_stockcount",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="stockcount",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "inventory_stockcounthistory" ("counted_by_id", "decided_at", "decided_by_id", "finished_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shelf_id", "started_at", "state") VALUES (NEW."counted_by_id", NEW."decided_at", NEW."decided_by_id", NEW."finished_at", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."shelf_id", NEW."started_at", NEW."state"); RETURN NULL;',
                            hash="94a238bc9d9805c0b0992160588acc1b5bf21ee4",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_615d7",
                            table="inventory_stockcount",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="stockcount",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "inventory_stockcounthistory" ("counted_by_id", "decided_at", "decided_by_id", "finished_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shelf_id", "started_at", "state") VALUES (OLD."counted_by_id", OLD."decided_at", OLD."decided_by_id", OLD."finished_at", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."shelf_id", OLD."started_at", OLD."state"); RETURN NULL;',
                            hash="2a5c1d80da79a537027ae2c5067fbc400a1d5878",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_e7a99",
                            table="inventory_stockcount",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="stockmovement",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="74e69713fdf7d4d6fb9ba24fc29f661e3a0f5ff1",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_4d8b5",
                            table="inventory_stockmovement",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="stockpolicy",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "inventory_stockpolicyhistory" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "risk_buffer", "safety_buffer") VALUES (NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."risk_buffer", NEW."safety_buffer"); RETURN NULL;',
                            hash="a0aa1cb2809f493109a8c93e93fc190b31443878",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_271df",
                            table="inventory_stockpolicy",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="stockpolicy",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "inventory_stockpolicyhistory" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "risk_buffer", "safety_buffer") VALUES (NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."risk_buffer", NEW."safety_buffer"); RETURN NULL;',
                            hash="bf3cf35134552e091b98aa83e702b1cc623fad70",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_a8bfb",
                            table="inventory_stockpolicy",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="stockpolicy",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "inventory_stockpolicyhistory" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "risk_buffer", "safety_buffer") VALUES (OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."risk_buffer", OLD."safety_buffer"); RETURN NULL;',
                            hash="e5475823bf50aa2bd9befa4f04a50b4a5b433c2e",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_17caa",
                            table="inventory_stockpolicy",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="counttaskhistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="66f75da555da4801228aa290f41367e27cf06684",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_72902",
                            table="inventory_counttaskhistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="goodsinhistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="4d5a7eb3279bbb5754da2ee5ab3b55557134a0e6",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_22ca1",
                            table="inventory_goodsinhistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="stockcounthistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="64a9036d06a668817528e56d0df3abd2ab54b025",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_4099e",
                            table="inventory_stockcounthistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="stockpolicyhistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="d400fd974d19d016afafd48c1d8672f6dd2a8291",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_a256a",
                            table="inventory_stockpolicyhistory",
                            when="BEFORE",
                        ),
                    ),
                ),
            ]
        )
    ]
