import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from gullu.migrating import Together


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0008_sale_days"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        Together(
            [
                migrations.CreateModel(
                    name="CampaignModel",
                    fields=[],
                    options={
                        "verbose_name": "model of a campaign",
                        "verbose_name_plural": "models of campaigns",
                        "proxy": True,
                        "default_permissions": (),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=("analytics.campaign_products",),
                ),
                migrations.CreateModel(
                    name="CampaignModelHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        (
                            "campaign",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="analytics.campaign",
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
                            "product",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="catalog.product",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="history",
                                to="analytics.campaignmodel",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                        "indexes": [
                            models.Index(fields=["pgh_created_at", "pgh_id"], name="campaignmodel_past")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CommissionImportHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("ACCOUNTS", "Commissions of orders"),
                                    ("TARIFF", "Commission rates"),
                                ],
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("READING", "Being read"),
                                    ("PREVIEW", "Waits for a decision"),
                                    ("APPLIED", "Applied"),
                                    ("UNCHANGED", "Changed nothing"),
                                    ("UNDONE", "Undone"),
                                    ("DROPPED", "Dropped"),
                                    ("FAILED", "Cannot be read"),
                                ],
                                default="READING",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("file_name", models.CharField(max_length=200, verbose_name="file")),
                        ("valid_from", models.DateField(verbose_name="valid from")),
                        ("only_valid", models.BooleanField(default=False, verbose_name="valid rows only")),
                        ("applied_at", models.DateTimeField(blank=True, null=True, verbose_name="applied")),
                        ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="undone")),
                        (
                            "applied_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="applied by",
                            ),
                        ),
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
                                verbose_name="given by",
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
                                to="analytics.commissionimport",
                            ),
                        ),
                        (
                            "undone_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="undone by",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                        "indexes": [
                            models.Index(fields=["pgh_created_at", "pgh_id"], name="commissionimport_past")
                        ],
                    },
                ),
                migrations.AlterModelOptions(
                    name="campaignhistory",
                    options={"default_permissions": ()},
                ),
                migrations.AlterModelOptions(
                    name="cargotariffhistory",
                    options={"default_permissions": ()},
                ),
                migrations.AlterModelOptions(
                    name="costparthistory",
                    options={"default_permissions": ()},
                ),
                migrations.AlterModelOptions(
                    name="costsheethistory",
                    options={"default_permissions": ()},
                ),
                migrations.AlterModelOptions(
                    name="exchangeratehistory",
                    options={"default_permissions": ()},
                ),
                migrations.AlterModelOptions(
                    name="planningrulehistory",
                    options={"default_permissions": ()},
                ),
                migrations.AlterModelOptions(
                    name="productionplanhistory",
                    options={"default_permissions": ()},
                ),
                migrations.AlterModelOptions(
                    name="productionplanlinehistory",
                    options={"default_permissions": ()},
                ),
                migrations.AlterModelOptions(
                    name="profitpolicyhistory",
                    options={"default_permissions": ()},
                ),
                migrations.AlterModelOptions(
                    name="salecosthistory",
                    options={"default_permissions": ()},
                ),
                migrations.AddIndex(
                    model_name="campaignhistory",
                    index=models.Index(fields=["pgh_created_at", "pgh_id"], name="campaign_past"),
                ),
                migrations.AddIndex(
                    model_name="cargotariffhistory",
                    index=models.Index(fields=["pgh_created_at", "pgh_id"], name="cargotariff_past"),
                ),
                migrations.AddIndex(
                    model_name="costparthistory",
                    index=models.Index(fields=["pgh_created_at", "pgh_id"], name="costpart_past"),
                ),
                migrations.AddIndex(
                    model_name="costsheethistory",
                    index=models.Index(fields=["pgh_created_at", "pgh_id"], name="costsheet_past"),
                ),
                migrations.AddIndex(
                    model_name="exchangeratehistory",
                    index=models.Index(fields=["pgh_created_at", "pgh_id"], name="exchangerate_past"),
                ),
                migrations.AddIndex(
                    model_name="planningrulehistory",
                    index=models.Index(fields=["pgh_created_at", "pgh_id"], name="planningrule_past"),
                ),
                migrations.AddIndex(
                    model_name="productionplanhistory",
                    index=models.Index(fields=["pgh_created_at", "pgh_id"], name="productionplan_past"),
                ),
                migrations.AddIndex(
                    model_name="productionplanlinehistory",
                    index=models.Index(fields=["pgh_created_at", "pgh_id"], name="productionplanline_past"),
                ),
                migrations.AddIndex(
                    model_name="profitpolicyhistory",
                    index=models.Index(fields=["pgh_created_at", "pgh_id"], name="profitpolicy_past"),
                ),
                migrations.AddIndex(
                    model_name="salecosthistory",
                    index=models.Index(fields=["pgh_created_at", "pgh_id"], name="salecost_past"),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="campaignhistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="4bbe84d5e9d2f9d3ce734164a3208623cb53fd83",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_4c569",
                            table="analytics_campaignhistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="cargotariffhistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="50b3761ef8ebb2d269a5cd3d544c419432c38b6b",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_f0281",
                            table="analytics_cargotariffhistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="commissionimport",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "analytics_commissionimporthistory" ("applied_at", "applied_by_id", "created_by_id", "file_name", "kind", "only_valid", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "undone_at", "undone_by_id", "valid_from") VALUES (NEW."applied_at", NEW."applied_by_id", NEW."created_by_id", NEW."file_name", NEW."kind", NEW."only_valid", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."state", NEW."undone_at", NEW."undone_by_id", NEW."valid_from"); RETURN NULL;',
                            hash="f24033b7263b8bba59c99f745e5249536e352d3d",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_23527",
                            table="analytics_commissionimport",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="commissionimport",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."applied_at" IS DISTINCT FROM (NEW."applied_at") OR OLD."applied_by_id" IS DISTINCT FROM (NEW."applied_by_id") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."file_name" IS DISTINCT FROM (NEW."file_name") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."only_valid" IS DISTINCT FROM (NEW."only_valid") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."undone_at" IS DISTINCT FROM (NEW."undone_at") OR OLD."undone_by_id" IS DISTINCT FROM (NEW."undone_by_id") OR OLD."valid_from" IS DISTINCT FROM (NEW."valid_from"))',
                            func='INSERT INTO "analytics_commissionimporthistory" ("applied_at", "applied_by_id", "created_by_id", "file_name", "kind", "only_valid", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "undone_at", "undone_by_id", "valid_from") VALUES (NEW."applied_at", NEW."applied_by_id", NEW."created_by_id", NEW."file_name", NEW."kind", NEW."only_valid", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."state", NEW."undone_at", NEW."undone_by_id", NEW."valid_from"); RETURN NULL;',
                            hash="98342846357cd3fb2066da9a0409adae0bdb67a1",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_a7b7a",
                            table="analytics_commissionimport",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="commissionimport",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "analytics_commissionimporthistory" ("applied_at", "applied_by_id", "created_by_id", "file_name", "kind", "only_valid", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "undone_at", "undone_by_id", "valid_from") VALUES (OLD."applied_at", OLD."applied_by_id", OLD."created_by_id", OLD."file_name", OLD."kind", OLD."only_valid", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."state", OLD."undone_at", OLD."undone_by_id", OLD."valid_from"); RETURN NULL;',
                            hash="33c8935302d6cc9a82450645846b53a20b75fd73",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_63e41",
                            table="analytics_commissionimport",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="costparthistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="edd1c1a251ad5471ed46e8e7b43957a135c4df7e",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_acaf7",
                            table="analytics_costparthistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="costsheethistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="3edaefd1aeba8d33fad5fb8e95ba63eac973062d",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_33ea9",
                            table="analytics_costsheethistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="exchangerate",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "analytics_exchangeratehistory" ("currency", "day", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "source") VALUES (OLD."currency", OLD."day", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."rate", OLD."source"); RETURN NULL;',
                            hash="be6cb483c77eefc992da4aab8f967f207cb36ac6",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_98d1a",
                            table="analytics_exchangerate",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="exchangeratehistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="e2ede7ea9a48982fb33413b7e36f359a2215bab5",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_c47ff",
                            table="analytics_exchangeratehistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="planningrulehistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="e809ac8230a5a46edb0e199423d1ac0c77dcae82",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_7f2c3",
                            table="analytics_planningrulehistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="productionplan",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "analytics_productionplanhistory" ("created_at", "created_by_id", "daily_capacity", "days", "first_day", "id", "lot_least", "lot_most", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") VALUES (OLD."created_at", OLD."created_by_id", OLD."daily_capacity", OLD."days", OLD."first_day", OLD."id", OLD."lot_least", OLD."lot_most", OLD."name", OLD."note", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."state"); RETURN NULL;',
                            hash="7057f24055814918cdcc237f250113d6eabaed26",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_3ee74",
                            table="analytics_productionplan",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="productionplanhistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="5c0e62e13bc36a928a522af3b1bf9223b5bf141f",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_dc4cc",
                            table="analytics_productionplanhistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="productionplanlinehistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="13fa661e64a4593216bfc110e48b847dacbc3ec9",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_c1c6e",
                            table="analytics_productionplanlinehistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="profitpolicyhistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="1860bcb22ecba60efa74e636b78bd62f0a480910",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_b16b7",
                            table="analytics_profitpolicyhistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="salecosthistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="406a68c60576cfcaa9c6838d5c1d48e230abe226",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_c75a3",
                            table="analytics_salecosthistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="campaignmodel",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "analytics_campaignmodelhistory" ("campaign_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id") VALUES (NEW."campaign_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."product_id"); RETURN NULL;',
                            hash="70231a676f9d037de2773a6e34b72a45b8282183",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_10550",
                            table="analytics_campaign_products",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="campaignmodel",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "analytics_campaignmodelhistory" ("campaign_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id") VALUES (NEW."campaign_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."product_id"); RETURN NULL;',
                            hash="75b2cec1ef7ed4be3501fd04698cfe94f7d0d01a",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_9d598",
                            table="analytics_campaign_products",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="campaignmodel",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "analytics_campaignmodelhistory" ("campaign_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id") VALUES (OLD."campaign_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."product_id"); RETURN NULL;',
                            hash="c5fdd1c36bd06ea8631d9f07431fde8b732c3d35",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_f1d8c",
                            table="analytics_campaign_products",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="commissionimporthistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="c9fc538818b409548a10fc8e5501382359d0435f",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_77ed3",
                            table="analytics_commissionimporthistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="campaignmodelhistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="924d1c70c769bec33da61b0734281151949c130f",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_eb6da",
                            table="analytics_campaignmodelhistory",
                            when="BEFORE",
                        ),
                    ),
                ),
            ]
        )
    ]
