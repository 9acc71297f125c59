import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from gullu.migrating import Together


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0002_desk"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        Together(
            [
                migrations.CreateModel(
                    name="OrderDocumentHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[("INVOICE", "Invoice")],
                                default="INVOICE",
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        ("number", models.CharField(blank=True, max_length=40, verbose_name="number")),
                        ("issued_at", models.DateTimeField(verbose_name="issued")),
                        ("link", models.URLField(blank=True, max_length=500, verbose_name="link")),
                        (
                            "file",
                            models.FileField(blank=True, upload_to="documents/%Y/%m/", verbose_name="file"),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
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
                                verbose_name="person",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="orders.order",
                                verbose_name="order",
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
                                to="orders.orderdocument",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                        "indexes": [
                            models.Index(fields=["pgh_created_at", "pgh_id"], name="orderdocument_past")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PutBackHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("quantity", models.PositiveIntegerField(verbose_name="quantity")),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("CANCELLED", "Cancelled after picking"),
                                    ("CAME_BACK", "Undelivered and back"),
                                ],
                                max_length=10,
                                verbose_name="reason",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("WAITING", "Waiting for a shelf"),
                                    ("DONE", "Back on a shelf"),
                                    ("VOID", "No longer needed"),
                                ],
                                default="WAITING",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done")),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                        (
                            "done_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="done by",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="orders.orderline",
                                verbose_name="order line",
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
                                to="orders.putback",
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
                            "variant",
                            models.ForeignKey(
                                db_constraint=False,
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
                        "indexes": [models.Index(fields=["pgh_created_at", "pgh_id"], name="putback_past")],
                    },
                ),
                migrations.CreateModel(
                    name="ReturnPhotoHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("image", models.ImageField(upload_to="returns/%Y/%m/", verbose_name="picture")),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
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
                                verbose_name="person",
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
                                to="orders.returnphoto",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="orders.returnunit",
                                verbose_name="returned unit",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                        "indexes": [
                            models.Index(fields=["pgh_created_at", "pgh_id"], name="returnphoto_past")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReturnUnitHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("claim_item_id", models.CharField(max_length=60, verbose_name="unit no")),
                        ("claim_id", models.CharField(max_length=60, verbose_name="claim")),
                        ("order_number", models.CharField(max_length=40, verbose_name="order number")),
                        ("barcode", models.CharField(max_length=100, verbose_name="barcode")),
                        (
                            "price",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="price"
                            ),
                        ),
                        ("status", models.CharField(max_length=40, verbose_name="status")),
                        ("reason_id", models.IntegerField(blank=True, null=True, verbose_name="reason no")),
                        ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                        ("customer_note", models.TextField(blank=True, verbose_name="customer's note")),
                        (
                            "auto_accepted",
                            models.BooleanField(default=False, verbose_name="accepted by itself"),
                        ),
                        (
                            "cargo_tracking_number",
                            models.CharField(blank=True, max_length=40, verbose_name="cargo number"),
                        ),
                        (
                            "cargo_provider",
                            models.CharField(blank=True, max_length=100, verbose_name="carrier"),
                        ),
                        ("claimed_at", models.DateTimeField(verbose_name="asked")),
                        ("act_by_at", models.DateTimeField(blank=True, null=True, verbose_name="decide by")),
                        (
                            "remote_modified_at",
                            models.DateTimeField(verbose_name="changed on the marketplace"),
                        ),
                        (
                            "return_package_id",
                            models.BigIntegerField(blank=True, null=True, verbose_name="return package"),
                        ),
                        (
                            "replacement_package_id",
                            models.BigIntegerField(blank=True, null=True, verbose_name="replacement package"),
                        ),
                        (
                            "rejected_package_id",
                            models.BigIntegerField(blank=True, null=True, verbose_name="package going back"),
                        ),
                        (
                            "condition",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("SOUND", "As new"),
                                    ("WORN", "Worn"),
                                    ("DAMAGED", "Damaged"),
                                    ("WRONG_ITEM", "Another article"),
                                    ("MISSING", "Box was empty"),
                                ],
                                max_length=10,
                                verbose_name="condition",
                            ),
                        ),
                        (
                            "inspection_note",
                            models.CharField(blank=True, max_length=500, verbose_name="inspection note"),
                        ),
                        (
                            "inspected_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="inspected"),
                        ),
                        (
                            "decision",
                            models.CharField(
                                blank=True,
                                choices=[("APPROVED", "Approved"), ("REFUSED", "Refused")],
                                max_length=8,
                                verbose_name="decision",
                            ),
                        ),
                        (
                            "issue_reason_id",
                            models.IntegerField(blank=True, null=True, verbose_name="refusal reason no"),
                        ),
                        (
                            "issue_description",
                            models.CharField(blank=True, max_length=500, verbose_name="refusal text"),
                        ),
                        ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                        (
                            "disposition",
                            models.CharField(
                                blank=True,
                                choices=[("RESTOCKED", "Back in stock"), ("WRITTEN_OFF", "Written off")],
                                max_length=11,
                                verbose_name="goods",
                            ),
                        ),
                        (
                            "settled_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="goods settled"),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="first seen")),
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
                            "inspected_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="inspected by",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="orders.orderline",
                                verbose_name="order line",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="orders.order",
                                verbose_name="order",
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
                                to="orders.returnunit",
                            ),
                        ),
                        (
                            "settled_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="settled by",
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
                        "indexes": [
                            models.Index(fields=["pgh_created_at", "pgh_id"], name="returnunit_past")
                        ],
                    },
                ),
                migrations.AlterModelOptions(
                    name="exchangehistory",
                    options={"default_permissions": ()},
                ),
                migrations.AlterModelOptions(
                    name="orderhistory",
                    options={"default_permissions": ()},
                ),
                migrations.AlterModelOptions(
                    name="orderlinehistory",
                    options={"default_permissions": ()},
                ),
                migrations.AddIndex(
                    model_name="exchangehistory",
                    index=models.Index(fields=["pgh_created_at", "pgh_id"], name="exchange_past"),
                ),
                migrations.AddIndex(
                    model_name="orderhistory",
                    index=models.Index(fields=["pgh_created_at", "pgh_id"], name="order_past"),
                ),
                migrations.AddIndex(
                    model_name="orderlinehistory",
                    index=models.Index(fields=["pgh_created_at", "pgh_id"], name="orderline_past"),
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="order",
                    name="update_update",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="orderevent",
                    name="timeline_append_only",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="orderline",
                    name="update_update",
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="exchange",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "orders_exchangehistory" ("closed_at", "created_at", "created_by_id", "disposition", "id", "line_id", "new_order_id", "note", "old_variant_id", "order_number", "override_at", "override_by_id", "override_reason", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity", "reason", "return_carrier", "return_tracking_number", "returned_at", "returned_by_id", "shelf_id", "state") VALUES (NEW."closed_at", NEW."created_at", NEW."created_by_id", NEW."disposition", NEW."id", NEW."line_id", NEW."new_order_id", NEW."note", NEW."old_variant_id", NEW."order_number", NEW."override_at", NEW."override_by_id", NEW."override_reason", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."quantity", NEW."reason", NEW."return_carrier", NEW."return_tracking_number", NEW."returned_at", NEW."returned_by_id", NEW."shelf_id", NEW."state"); RETURN NULL;',
                            hash="241a11549c156f99c70fbd411afbddae0b429118",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_5895b",
                            table="orders_exchange",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="exchangehistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="1a64618fcf38977b1a2c9372e97b8c154028b310",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_25fda",
                            table="orders_exchangehistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="order",
                    trigger=pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."box_count" IS DISTINCT FROM (NEW."box_count") OR OLD."cancelled_at" IS DISTINCT FROM (NEW."cancelled_at") OR OLD."cancelled_by" IS DISTINCT FROM (NEW."cancelled_by") OR OLD."cargo_provider" IS DISTINCT FROM (NEW."cargo_provider") OR OLD."cargo_tracking_number" IS DISTINCT FROM (NEW."cargo_tracking_number") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."city" IS DISTINCT FROM (NEW."city") OR OLD."collect_amount" IS DISTINCT FROM (NEW."collect_amount") OR OLD."commercial" IS DISTINCT FROM (NEW."commercial") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."customer_first_name" IS DISTINCT FROM (NEW."customer_first_name") OR OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."customer_last_name" IS DISTINCT FROM (NEW."customer_last_name") OR OLD."delivered_at" IS DISTINCT FROM (NEW."delivered_at") OR OLD."desi" IS DISTINCT FROM (NEW."desi") OR OLD."district" IS DISTINCT FROM (NEW."district") OR OLD."gross_amount" IS DISTINCT FROM (NEW."gross_amount") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."invoice_address" IS DISTINCT FROM (NEW."invoice_address") OR OLD."invoice_number" IS DISTINCT FROM (NEW."invoice_number") OR OLD."invoice_status" IS DISTINCT FROM (NEW."invoice_status") OR OLD."marketplace_discount" IS DISTINCT FROM (NEW."marketplace_discount") OR OLD."micro_export" IS DISTINCT FROM (NEW."micro_export") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."order_number" IS DISTINCT FROM (NEW."order_number") OR OLD."ordered_at" IS DISTINCT FROM (NEW."ordered_at") OR OLD."origin_package_ids" IS DISTINCT FROM (NEW."origin_package_ids") OR OLD."package_id" IS DISTINCT FROM (NEW."package_id") OR OLD."park_note" IS DISTINCT FROM (NEW."park_note") OR OLD."park_reason" IS DISTINCT FROM (NEW."park_reason") OR OLD."park_state" IS DISTINCT FROM (NEW."park_state") OR OLD."parked" IS DISTINCT FROM (NEW."parked") OR OLD."parked_at" IS DISTINCT FROM (NEW."parked_at") OR OLD."payment_pending" IS DISTINCT FROM (NEW."payment_pending") OR OLD."picked_at" IS DISTINCT FROM (NEW."picked_at") OR OLD."picked_by_id" IS DISTINCT FROM (NEW."picked_by_id") OR OLD."reached_us_at" IS DISTINCT FROM (NEW."reached_us_at") OR OLD."remote_modified_at" IS DISTINCT FROM (NEW."remote_modified_at") OR OLD."remote_status" IS DISTINCT FROM (NEW."remote_status") OR OLD."seller_discount" IS DISTINCT FROM (NEW."seller_discount") OR OLD."ship_by_at" IS DISTINCT FROM (NEW."ship_by_at") OR OLD."shipment_address" IS DISTINCT FROM (NEW."shipment_address") OR OLD."shipment_number" IS DISTINCT FROM (NEW."shipment_number") OR OLD."shipped_at" IS DISTINCT FROM (NEW."shipped_at") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."split_asked_at" IS DISTINCT FROM (NEW."split_asked_at") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."superseded" IS DISTINCT FROM (NEW."superseded") OR OLD."total_amount" IS DISTINCT FROM (NEW."total_amount"))',
                            func='INSERT INTO "orders_orderhistory" ("box_count", "cancelled_at", "cancelled_by", "cargo_provider", "cargo_tracking_number", "channel", "city", "collect_amount", "commercial", "created_at", "currency", "customer_first_name", "customer_id", "customer_last_name", "delivered_at", "desi", "district", "gross_amount", "id", "invoice_address", "invoice_number", "invoice_status", "marketplace_discount", "micro_export", "note", "order_number", "ordered_at", "origin_package_ids", "package_id", "park_note", "park_reason", "park_state", "parked", "parked_at", "payment_pending", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "picked_at", "picked_by_id", "reached_us_at", "remote_modified_at", "remote_status", "seller_discount", "ship_by_at", "shipment_address", "shipment_number", "shipped_at", "source", "split_asked_at", "status", "superseded", "total_amount") VALUES (OLD."box_count", OLD."cancelled_at", OLD."cancelled_by", OLD."cargo_provider", OLD."cargo_tracking_number", OLD."channel", OLD."city", OLD."collect_amount", OLD."commercial", OLD."created_at", OLD."currency", OLD."customer_first_name", OLD."customer_id", OLD."customer_last_name", OLD."delivered_at", OLD."desi", OLD."district", OLD."gross_amount", OLD."id", OLD."invoice_address", OLD."invoice_number", OLD."invoice_status", OLD."marketplace_discount", OLD."micro_export", OLD."note", OLD."order_number", OLD."ordered_at", OLD."origin_package_ids", OLD."package_id", OLD."park_note", OLD."park_reason", OLD."park_state", OLD."parked", OLD."parked_at", OLD."payment_pending", _pgh_attach_context(), NOW(), \'changed\', OLD."id", OLD."picked_at", OLD."picked_by_id", OLD."reached_us_at", OLD."remote_modified_at", OLD."remote_status", OLD."seller_discount", OLD."ship_by_at", OLD."shipment_address", OLD."shipment_number", OLD."shipped_at", OLD."source", OLD."split_asked_at", OLD."status", OLD."superseded", OLD."total_amount"); RETURN NULL;',
                            hash="2e66314a5f4e0e7e62418066e0e85670877ebe3c",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_14675",
                            table="orders_order",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="orderdocument",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "orders_orderdocumenthistory" ("created_at", "created_by_id", "file", "id", "issued_at", "kind", "link", "number", "order_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."created_at", NEW."created_by_id", NEW."file", NEW."id", NEW."issued_at", NEW."kind", NEW."link", NEW."number", NEW."order_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="877dfdb73cc990733a16842e795b8b2b39c82545",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_4cffd",
                            table="orders_orderdocument",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="orderdocument",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "orders_orderdocumenthistory" ("created_at", "created_by_id", "file", "id", "issued_at", "kind", "link", "number", "order_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."created_at", NEW."created_by_id", NEW."file", NEW."id", NEW."issued_at", NEW."kind", NEW."link", NEW."number", NEW."order_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="7336cadfa020f0c144bd2d450f49f73b405ede9e",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_57a96",
                            table="orders_orderdocument",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="orderdocument",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "orders_orderdocumenthistory" ("created_at", "created_by_id", "file", "id", "issued_at", "kind", "link", "number", "order_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."created_at", OLD."created_by_id", OLD."file", OLD."id", OLD."issued_at", OLD."kind", OLD."link", OLD."number", OLD."order_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;',
                            hash="3fa35da32b022bdd42142029d777c2d29d13d099",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_45979",
                            table="orders_orderdocument",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="orderevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="timeline_append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="a634977594c57f59f46da6088164164725d95609",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_timeline_append_only_e1979",
                            table="orders_orderevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="orderevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="6fa9ef2f6507b19cfd7a535ebf894da3f9a41b8f",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_53296",
                            table="orders_orderevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="orderhistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="c037a4bfa88814fd2a4089250ece76089f978f60",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_a32c6",
                            table="orders_orderhistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="orderline",
                    trigger=pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."barcode" IS DISTINCT FROM (NEW."barcode") OR OLD."cancel_reason" IS DISTINCT FROM (NEW."cancel_reason") OR OLD."colour" IS DISTINCT FROM (NEW."colour") OR OLD."commission_rate" IS DISTINCT FROM (NEW."commission_rate") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."deducted_quantity" IS DISTINCT FROM (NEW."deducted_quantity") OR OLD."freed_at" IS DISTINCT FROM (NEW."freed_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."line_id" IS DISTINCT FROM (NEW."line_id") OR OLD."order_id" IS DISTINCT FROM (NEW."order_id") OR OLD."product_name" IS DISTINCT FROM (NEW."product_name") OR OLD."quantity" IS DISTINCT FROM (NEW."quantity") OR OLD."remote_status" IS DISTINCT FROM (NEW."remote_status") OR OLD."scanned" IS DISTINCT FROM (NEW."scanned") OR OLD."size" IS DISTINCT FROM (NEW."size") OR OLD."stock_code" IS DISTINCT FROM (NEW."stock_code") OR OLD."stock_state" IS DISTINCT FROM (NEW."stock_state") OR OLD."total" IS DISTINCT FROM (NEW."total") OR OLD."unit_gross" IS DISTINCT FROM (NEW."unit_gross") OR OLD."unit_marketplace_discount" IS DISTINCT FROM (NEW."unit_marketplace_discount") OR OLD."unit_price" IS DISTINCT FROM (NEW."unit_price") OR OLD."unit_seller_discount" IS DISTINCT FROM (NEW."unit_seller_discount") OR OLD."units" IS DISTINCT FROM (NEW."units") OR OLD."variant_id" IS DISTINCT FROM (NEW."variant_id") OR OLD."vat_rate" IS DISTINCT FROM (NEW."vat_rate"))',
                            func='INSERT INTO "orders_orderlinehistory" ("barcode", "cancel_reason", "colour", "commission_rate", "created_at", "deducted_quantity", "freed_at", "id", "line_id", "order_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_name", "quantity", "remote_status", "scanned", "size", "stock_code", "stock_state", "total", "unit_gross", "unit_marketplace_discount", "unit_price", "unit_seller_discount", "units", "variant_id", "vat_rate") VALUES (OLD."barcode", OLD."cancel_reason", OLD."colour", OLD."commission_rate", OLD."created_at", OLD."deducted_quantity", OLD."freed_at", OLD."id", OLD."line_id", OLD."order_id", _pgh_attach_context(), NOW(), \'changed\', OLD."id", OLD."product_name", OLD."quantity", OLD."remote_status", OLD."scanned", OLD."size", OLD."stock_code", OLD."stock_state", OLD."total", OLD."unit_gross", OLD."unit_marketplace_discount", OLD."unit_price", OLD."unit_seller_discount", OLD."units", OLD."variant_id", OLD."vat_rate"); RETURN NULL;',
                            hash="3440222f78a02a04bc130e0a6f249e627e2cf4a1",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_319ae",
                            table="orders_orderline",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="orderlinehistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="6ed1c9571125c45686dbbb6bb4efbefd94aef2dd",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_f9c3c",
                            table="orders_orderlinehistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="putback",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "orders_putbackhistory" ("created_at", "done_at", "done_by_id", "id", "line_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity", "reason", "shelf_id", "state", "variant_id") VALUES (NEW."created_at", NEW."done_at", NEW."done_by_id", NEW."id", NEW."line_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."quantity", NEW."reason", NEW."shelf_id", NEW."state", NEW."variant_id"); RETURN NULL;',
                            hash="d5dc866dcc75ae0799938eb20a30d045d98ffd96",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_61cda",
                            table="orders_putback",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="putback",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "orders_putbackhistory" ("created_at", "done_at", "done_by_id", "id", "line_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity", "reason", "shelf_id", "state", "variant_id") VALUES (NEW."created_at", NEW."done_at", NEW."done_by_id", NEW."id", NEW."line_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."quantity", NEW."reason", NEW."shelf_id", NEW."state", NEW."variant_id"); RETURN NULL;',
                            hash="4f45a3b89dcd0062d05144032b0a02f4e97ff2a5",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_7443b",
                            table="orders_putback",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="putback",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "orders_putbackhistory" ("created_at", "done_at", "done_by_id", "id", "line_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity", "reason", "shelf_id", "state", "variant_id") VALUES (OLD."created_at", OLD."done_at", OLD."done_by_id", OLD."id", OLD."line_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."quantity", OLD."reason", OLD."shelf_id", OLD."state", OLD."variant_id"); RETURN NULL;',
                            hash="8b60d26bfaf3ffa0d63d9cf69af0fc5557f68f49",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_a0523",
                            table="orders_putback",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="returnphoto",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "orders_returnphotohistory" ("created_at", "created_by_id", "id", "image", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "unit_id") VALUES (NEW."created_at", NEW."created_by_id", NEW."id", NEW."image", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."unit_id"); RETURN NULL;',
                            hash="bc05215b7ba1d6109060a3ea2bdde4c1d14806fa",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_0c564",
                            table="orders_returnphoto",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="returnphoto",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "orders_returnphotohistory" ("created_at", "created_by_id", "id", "image", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "unit_id") VALUES (NEW."created_at", NEW."created_by_id", NEW."id", NEW."image", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."unit_id"); RETURN NULL;',
                            hash="16428106b7e1e592bc2af328eecc73dad3aad5f3",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_58626",
                            table="orders_returnphoto",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="returnphoto",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "orders_returnphotohistory" ("created_at", "created_by_id", "id", "image", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "unit_id") VALUES (OLD."created_at", OLD."created_by_id", OLD."id", OLD."image", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."unit_id"); RETURN NULL;',
                            hash="ed43c42aa2306bf9bdae259faf8456e186938bc9",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_3782f",
                            table="orders_returnphoto",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="returnunit",
                    trigger=pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."act_by_at" IS DISTINCT FROM (NEW."act_by_at") OR OLD."auto_accepted" IS DISTINCT FROM (NEW."auto_accepted") OR OLD."barcode" IS DISTINCT FROM (NEW."barcode") OR OLD."cargo_provider" IS DISTINCT FROM (NEW."cargo_provider") OR OLD."cargo_tracking_number" IS DISTINCT FROM (NEW."cargo_tracking_number") OR OLD."claim_id" IS DISTINCT FROM (NEW."claim_id") OR OLD."claim_item_id" IS DISTINCT FROM (NEW."claim_item_id") OR OLD."claimed_at" IS DISTINCT FROM (NEW."claimed_at") OR OLD."condition" IS DISTINCT FROM (NEW."condition") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."customer_note" IS DISTINCT FROM (NEW."customer_note") OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."decision" IS DISTINCT FROM (NEW."decision") OR OLD."disposition" IS DISTINCT FROM (NEW."disposition") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."inspected_at" IS DISTINCT FROM (NEW."inspected_at") OR OLD."inspected_by_id" IS DISTINCT FROM (NEW."inspected_by_id") OR OLD."inspection_note" IS DISTINCT FROM (NEW."inspection_note") OR OLD."issue_description" IS DISTINCT FROM (NEW."issue_description") OR OLD."issue_reason_id" IS DISTINCT FROM (NEW."issue_reason_id") OR OLD."line_id" IS DISTINCT FROM (NEW."line_id") OR OLD."order_id" IS DISTINCT FROM (NEW."order_id") OR OLD."order_number" IS DISTINCT FROM (NEW."order_number") OR OLD."price" IS DISTINCT FROM (NEW."price") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."reason_id" IS DISTINCT FROM (NEW."reason_id") OR OLD."rejected_package_id" IS DISTINCT FROM (NEW."rejected_package_id") OR OLD."remote_modified_at" IS DISTINCT FROM (NEW."remote_modified_at") OR OLD."replacement_package_id" IS DISTINCT FROM (NEW."replacement_package_id") OR OLD."return_package_id" IS DISTINCT FROM (NEW."return_package_id") OR OLD."settled_at" IS DISTINCT FROM (NEW."settled_at") OR OLD."settled_by_id" IS DISTINCT FROM (NEW."settled_by_id") OR OLD."shelf_id" IS DISTINCT FROM (NEW."shelf_id") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."variant_id" IS DISTINCT FROM (NEW."variant_id"))',
                            func='INSERT INTO "orders_returnunithistory" ("act_by_at", "auto_accepted", "barcode", "cargo_provider", "cargo_tracking_number", "claim_id", "claim_item_id", "claimed_at", "condition", "created_at", "customer_note", "decided_at", "decided_by_id", "decision", "disposition", "id", "inspected_at", "inspected_by_id", "inspection_note", "issue_description", "issue_reason_id", "line_id", "order_id", "order_number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "reason", "reason_id", "rejected_package_id", "remote_modified_at", "replacement_package_id", "return_package_id", "settled_at", "settled_by_id", "shelf_id", "status", "variant_id") VALUES (OLD."act_by_at", OLD."auto_accepted", OLD."barcode", OLD."cargo_provider", OLD."cargo_tracking_number", OLD."claim_id", OLD."claim_item_id", OLD."claimed_at", OLD."condition", OLD."created_at", OLD."customer_note", OLD."decided_at", OLD."decided_by_id", OLD."decision", OLD."disposition", OLD."id", OLD."inspected_at", OLD."inspected_by_id", OLD."inspection_note", OLD."issue_description", OLD."issue_reason_id", OLD."line_id", OLD."order_id", OLD."order_number", _pgh_attach_context(), NOW(), \'changed\', OLD."id", OLD."price", OLD."reason", OLD."reason_id", OLD."rejected_package_id", OLD."remote_modified_at", OLD."replacement_package_id", OLD."return_package_id", OLD."settled_at", OLD."settled_by_id", OLD."shelf_id", OLD."status", OLD."variant_id"); RETURN NULL;',
                            hash="06c8d26625f814c6f72f8f818ca919edca522df0",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_05f51",
                            table="orders_returnunit",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="returnunit",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "orders_returnunithistory" ("act_by_at", "auto_accepted", "barcode", "cargo_provider", "cargo_tracking_number", "claim_id", "claim_item_id", "claimed_at", "condition", "created_at", "customer_note", "decided_at", "decided_by_id", "decision", "disposition", "id", "inspected_at", "inspected_by_id", "inspection_note", "issue_description", "issue_reason_id", "line_id", "order_id", "order_number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "price", "reason", "reason_id", "rejected_package_id", "remote_modified_at", "replacement_package_id", "return_package_id", "settled_at", "settled_by_id", "shelf_id", "status", "variant_id") VALUES (OLD."act_by_at", OLD."auto_accepted", OLD."barcode", OLD."cargo_provider", OLD."cargo_tracking_number", OLD."claim_id", OLD."claim_item_id", OLD."claimed_at", OLD."condition", OLD."created_at", OLD."customer_note", OLD."decided_at", OLD."decided_by_id", OLD."decision", OLD."disposition", OLD."id", OLD."inspected_at", OLD."inspected_by_id", OLD."inspection_note", OLD."issue_description", OLD."issue_reason_id", OLD."line_id", OLD."order_id", OLD."order_number", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."price", OLD."reason", OLD."reason_id", OLD."rejected_package_id", OLD."remote_modified_at", OLD."replacement_package_id", OLD."return_package_id", OLD."settled_at", OLD."settled_by_id", OLD."shelf_id", OLD."status", OLD."variant_id"); RETURN NULL;',
                            hash="d9a6ffe33864e17da01392faa89891b1001a9464",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_1db43",
                            table="orders_returnunit",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="orderdocumenthistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="074d0a5bc27b36c7571c28714c814fa64be0af58",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_be8e2",
                            table="orders_orderdocumenthistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="putbackhistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="ae9f1f72512434f7fba591f1b74d76eef440bf1a",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_9b7b3",
                            table="orders_putbackhistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="returnphotohistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="abca24a0655df247b43c2639de642d568e703d09",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_578d2",
                            table="orders_returnphotohistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="returnunithistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="6353fc8e6df967516ef5412f8ea35cb5bda700a3",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_f6bd1",
                            table="orders_returnunithistory",
                            when="BEFORE",
                        ),
                    ),
                ),
            ]
        )
    ]
