import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from gullu.migrating import Together


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0005_webhooks"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        Together(
            [
                migrations.CreateModel(
                    name="ListingHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "channel",
                            models.CharField(
                                choices=[("TRENDYOL", "Trendyol"), ("MANUAL", "Manual")],
                                default="TRENDYOL",
                                max_length=10,
                                verbose_name="channel",
                            ),
                        ),
                        ("barcode", models.CharField(max_length=100, verbose_name="barcode")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("UNKNOWN", "Not read yet"),
                                    ("APPROVED", "On the marketplace"),
                                    ("PENDING", "Waiting for approval"),
                                    ("REJECTED", "Rejected"),
                                    ("ARCHIVED", "Archived"),
                                    ("MISSING", "Not found on the marketplace"),
                                ],
                                default="UNKNOWN",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("content_id", models.BigIntegerField(blank=True, null=True, verbose_name="content")),
                        ("on_sale", models.BooleanField(blank=True, null=True, verbose_name="on sale")),
                        (
                            "locked_reason",
                            models.CharField(blank=True, max_length=300, verbose_name="locked because"),
                        ),
                        ("reject_reason", models.TextField(blank=True, verbose_name="rejected because")),
                        (
                            "sale_price",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=12,
                                null=True,
                                verbose_name="sale price there",
                            ),
                        ),
                        (
                            "list_price",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=12,
                                null=True,
                                verbose_name="list price there",
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
                                to="integrations.listing",
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
                        "indexes": [models.Index(fields=["pgh_created_at", "pgh_id"], name="listing_past")],
                    },
                ),
                migrations.CreateModel(
                    name="OutboxMessageHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "channel",
                            models.CharField(
                                choices=[("TRENDYOL", "Trendyol"), ("MANUAL", "Manual")],
                                default="TRENDYOL",
                                max_length=10,
                                verbose_name="channel",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("PICKING", "Being prepared"),
                                    ("UNSUPPLIED", "Cannot be supplied"),
                                    ("INVOICED", "Invoiced"),
                                    ("INVOICE_LINK", "Link of the invoice"),
                                    ("INVOICE_FILE", "File of the invoice"),
                                    ("SPLIT", "Split the package"),
                                    ("CARRIER", "Change the carrier"),
                                    ("BOXES", "Boxes and desi"),
                                    ("EXTRA_TIME", "Extra supply time"),
                                    ("LABEL", "Label of the carrier"),
                                    ("CLAIM_APPROVE", "Accept a return"),
                                    ("CLAIM_REFUSE", "Refuse a return"),
                                    ("PRODUCT_CREATE", "List products"),
                                    ("PRODUCT_UNAPPROVED", "Correct products before approval"),
                                    ("PRODUCT_CONTENT", "Change texts, pictures and attributes"),
                                    ("PRODUCT_VARIANT", "Change data of barcodes"),
                                    ("PRODUCT_DELIVERY", "Change delivery times"),
                                    ("PRODUCT_PRICE", "Change prices"),
                                    ("PRODUCT_ARCHIVE", "Archive or bring back"),
                                    ("PRODUCT_UNLOCK", "Unlock"),
                                    ("PRODUCT_DELETE", "Delete from the marketplace"),
                                ],
                                max_length=20,
                                verbose_name="kind",
                            ),
                        ),
                        ("key", models.CharField(max_length=120, verbose_name="key")),
                        ("claim_id", models.CharField(blank=True, max_length=60, verbose_name="claim")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("WAITING", "Waiting"),
                                    ("DELIVERED", "Delivered"),
                                    ("PARKED", "Refused, needs a person"),
                                    ("OBSOLETE", "No longer needed"),
                                ],
                                default="WAITING",
                                max_length=10,
                                verbose_name="state",
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
                                to="integrations.outboxmessage",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                        "indexes": [
                            models.Index(fields=["pgh_created_at", "pgh_id"], name="outboxmessage_past")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SyncProblemHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "channel",
                            models.CharField(
                                choices=[("TRENDYOL", "Trendyol"), ("MANUAL", "Manual")],
                                default="TRENDYOL",
                                max_length=10,
                                verbose_name="channel",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("BAD_PAYLOAD", "Message cannot be read"),
                                    ("UNKNOWN_BARCODE", "Unknown barcode"),
                                    ("UNKNOWN_STATUS", "Unknown status"),
                                    ("ODD_MOVE", "Unexpected status change"),
                                    ("NOT_FOUND", "Not found on the marketplace"),
                                    ("QUANTITY_DRIFT", "Stock differs from what was sent"),
                                ],
                                max_length=20,
                                verbose_name="kind",
                            ),
                        ),
                        ("reference", models.CharField(max_length=120, verbose_name="about")),
                        ("message", models.TextField(verbose_name="what happened")),
                        ("resolved_at", models.DateTimeField(blank=True, null=True, verbose_name="resolved")),
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
                                to="integrations.syncproblem",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                        "indexes": [
                            models.Index(fields=["pgh_created_at", "pgh_id"], name="syncproblem_past")
                        ],
                    },
                ),
                migrations.AlterModelOptions(
                    name="channelproducthistory",
                    options={"default_permissions": ()},
                ),
                migrations.AddIndex(
                    model_name="channelproducthistory",
                    index=models.Index(fields=["pgh_created_at", "pgh_id"], name="channelproduct_past"),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="channelproduct",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "integrations_channelproducthistory" ("attributes", "brand_id", "category_id", "channel", "colour_attributes", "delivery_days", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "size_attributes", "title_pattern") VALUES (NEW."attributes", NEW."brand_id", NEW."category_id", NEW."channel", NEW."colour_attributes", NEW."delivery_days", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."product_id", NEW."size_attributes", NEW."title_pattern"); RETURN NULL;',
                            hash="26e606a58210853188f433f567298bc55b4fc5ed",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_24b2b",
                            table="integrations_channelproduct",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="channelproducthistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="9b10748e21789721a7886a8b0b630fff5efa66ce",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_33c45",
                            table="integrations_channelproducthistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="listing",
                    trigger=pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."barcode" IS DISTINCT FROM (NEW."barcode") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."content_id" IS DISTINCT FROM (NEW."content_id") OR OLD."list_price" IS DISTINCT FROM (NEW."list_price") OR OLD."locked_reason" IS DISTINCT FROM (NEW."locked_reason") OR OLD."on_sale" IS DISTINCT FROM (NEW."on_sale") OR OLD."reject_reason" IS DISTINCT FROM (NEW."reject_reason") OR OLD."sale_price" IS DISTINCT FROM (NEW."sale_price") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."variant_id" IS DISTINCT FROM (NEW."variant_id"))',
                            func='INSERT INTO "integrations_listinghistory" ("barcode", "channel", "content_id", "list_price", "locked_reason", "on_sale", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reject_reason", "sale_price", "state", "variant_id") VALUES (OLD."barcode", OLD."channel", OLD."content_id", OLD."list_price", OLD."locked_reason", OLD."on_sale", _pgh_attach_context(), NOW(), \'changed\', OLD."id", OLD."reject_reason", OLD."sale_price", OLD."state", OLD."variant_id"); RETURN NULL;',
                            hash="d00b82e8fa9a963dcbf9342f2422d62ed2359d60",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_a110a",
                            table="integrations_listing",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="listing",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "integrations_listinghistory" ("barcode", "channel", "content_id", "list_price", "locked_reason", "on_sale", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reject_reason", "sale_price", "state", "variant_id") VALUES (OLD."barcode", OLD."channel", OLD."content_id", OLD."list_price", OLD."locked_reason", OLD."on_sale", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reject_reason", OLD."sale_price", OLD."state", OLD."variant_id"); RETURN NULL;',
                            hash="240831918f9068ce9a26fd6ad941cbd8bce7baf3",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_e2c97",
                            table="integrations_listing",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="outboxmessage",
                    trigger=pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.\"state\" = 'PARKED' AND NOT (NEW.\"state\" = 'PARKED'))",
                            func='INSERT INTO "integrations_outboxmessagehistory" ("channel", "claim_id", "key", "kind", "order_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") VALUES (OLD."channel", OLD."claim_id", OLD."key", OLD."kind", OLD."order_id", _pgh_attach_context(), NOW(), \'changed\', OLD."id", OLD."state"); RETURN NULL;',
                            hash="b4b3f1f828fef2d1d6b9bde088fdf1146fe0403a",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_38c19",
                            table="integrations_outboxmessage",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="outboxmessage",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "integrations_outboxmessagehistory" ("channel", "claim_id", "key", "kind", "order_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") VALUES (OLD."channel", OLD."claim_id", OLD."key", OLD."kind", OLD."order_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."state"); RETURN NULL;',
                            hash="35b079da43bd9f26c0cee9e5a8eaf46a16311e52",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_4ff3e",
                            table="integrations_outboxmessage",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="syncproblem",
                    trigger=pgtrigger.compiler.Trigger(
                        name="changed_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."message" IS DISTINCT FROM (NEW."message") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."resolved_at" IS DISTINCT FROM (NEW."resolved_at"))',
                            func='INSERT INTO "integrations_syncproblemhistory" ("channel", "kind", "message", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "resolved_at") VALUES (OLD."channel", OLD."kind", OLD."message", _pgh_attach_context(), NOW(), \'changed\', OLD."id", OLD."reference", OLD."resolved_at"); RETURN NULL;',
                            hash="c70c9bd020e15fc9def0060d54ebc600b14f1934",
                            operation="UPDATE",
                            pgid="pgtrigger_changed_update_be89d",
                            table="integrations_syncproblem",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="syncproblem",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "integrations_syncproblemhistory" ("channel", "kind", "message", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "resolved_at") VALUES (OLD."channel", OLD."kind", OLD."message", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reference", OLD."resolved_at"); RETURN NULL;',
                            hash="a58367195c5b9beb0d4ebcff72cb508b9fdf30c8",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_ce950",
                            table="integrations_syncproblem",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="listinghistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="50dee1ca11a64b4cf2d052b29b94128729efb1a9",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_be79d",
                            table="integrations_listinghistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="outboxmessagehistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="5ef4b4964314f0c1b7e373744a899f492d5b5dc1",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_ba3c6",
                            table="integrations_outboxmessagehistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="syncproblemhistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="38fa6cedd912cce10a20fa002b5ab878a415fdd7",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_c825a",
                            table="integrations_syncproblemhistory",
                            when="BEFORE",
                        ),
                    ),
                ),
            ]
        )
    ]
