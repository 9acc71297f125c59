import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from gullu.migrating import Together


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0004_history"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        Together(
            [
                migrations.CreateModel(
                    name="BarcodeAliasHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("code", models.CharField(max_length=100, verbose_name="code")),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
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
                                to="catalog.barcodealias",
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
                        "indexes": [
                            models.Index(fields=["pgh_created_at", "pgh_id"], name="barcodealias_past")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BundlePartHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        (
                            "quantity",
                            models.PositiveSmallIntegerField(
                                validators=[django.core.validators.MinValueValidator(1)], verbose_name="pairs"
                            ),
                        ),
                        (
                            "bundle",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="catalog.variant",
                                verbose_name="bundle",
                            ),
                        ),
                        (
                            "part",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="catalog.variant",
                                verbose_name="variant",
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
                                to="catalog.bundlepart",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                        "indexes": [
                            models.Index(fields=["pgh_created_at", "pgh_id"], name="bundlepart_past")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SizeChartHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("name", models.CharField(max_length=60, verbose_name="name")),
                        (
                            "note",
                            models.CharField(
                                blank=True,
                                help_text="For example: half a size smaller than usual.",
                                max_length=300,
                                verbose_name="advice",
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
                                to="catalog.sizechart",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                        "indexes": [models.Index(fields=["pgh_created_at", "pgh_id"], name="sizechart_past")],
                    },
                ),
                migrations.CreateModel(
                    name="SizeChartRowHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("size", models.CharField(max_length=20, verbose_name="size")),
                        (
                            "foot_mm",
                            models.PositiveSmallIntegerField(
                                validators=[django.core.validators.MinValueValidator(80)],
                                verbose_name="foot length (mm)",
                            ),
                        ),
                        (
                            "insole_mm",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="insole length (mm)"
                            ),
                        ),
                        (
                            "chart",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="catalog.sizechart",
                                verbose_name="size chart",
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
                                to="catalog.sizechartrow",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                        "indexes": [
                            models.Index(fields=["pgh_created_at", "pgh_id"], name="sizechartrow_past")
                        ],
                    },
                ),
                migrations.AlterModelOptions(
                    name="producthistory",
                    options={"default_permissions": ()},
                ),
                migrations.AlterModelOptions(
                    name="productimagehistory",
                    options={"default_permissions": ()},
                ),
                migrations.AlterModelOptions(
                    name="varianthistory",
                    options={"default_permissions": ()},
                ),
                migrations.AddIndex(
                    model_name="producthistory",
                    index=models.Index(fields=["pgh_created_at", "pgh_id"], name="product_past"),
                ),
                migrations.AddIndex(
                    model_name="productimagehistory",
                    index=models.Index(fields=["pgh_created_at", "pgh_id"], name="productimage_past"),
                ),
                migrations.AddIndex(
                    model_name="varianthistory",
                    index=models.Index(fields=["pgh_created_at", "pgh_id"], name="variant_past"),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="barcodealias",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "catalog_barcodealiashistory" ("code", "created_at", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "variant_id") VALUES (NEW."code", NEW."created_at", NEW."id", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."variant_id"); RETURN NULL;',
                            hash="308709ec04f6292051ce8eccc255a8f9189fdedd",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_18161",
                            table="catalog_barcodealias",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="barcodealias",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "catalog_barcodealiashistory" ("code", "created_at", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "variant_id") VALUES (NEW."code", NEW."created_at", NEW."id", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."variant_id"); RETURN NULL;',
                            hash="fa2d664cfb6f7e74ff7d110939bf3442b12159bc",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_f4700",
                            table="catalog_barcodealias",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="barcodealias",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "catalog_barcodealiashistory" ("code", "created_at", "id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "variant_id") VALUES (OLD."code", OLD."created_at", OLD."id", OLD."note", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."variant_id"); RETURN NULL;',
                            hash="92be293b9dad3b1d1c330f64231d251e52182e15",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_c80b5",
                            table="catalog_barcodealias",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="bundlepart",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "catalog_bundleparthistory" ("bundle_id", "id", "part_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity") VALUES (NEW."bundle_id", NEW."id", NEW."part_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."quantity"); RETURN NULL;',
                            hash="1263f145e83cd92a31fc850f42292ac29f3bbb41",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_47309",
                            table="catalog_bundlepart",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="bundlepart",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "catalog_bundleparthistory" ("bundle_id", "id", "part_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity") VALUES (NEW."bundle_id", NEW."id", NEW."part_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."quantity"); RETURN NULL;',
                            hash="13e8a70ba7692133eec4a4b39a5b08e1f58c5b88",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_2727a",
                            table="catalog_bundlepart",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="bundlepart",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "catalog_bundleparthistory" ("bundle_id", "id", "part_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity") VALUES (OLD."bundle_id", OLD."id", OLD."part_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."quantity"); RETURN NULL;',
                            hash="d5a39c160ec1db7cb9cf4007922f52392ec85504",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_a0ec7",
                            table="catalog_bundlepart",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="producthistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="eb46a3ca3eeb4c210d1421522612c926779f9efe",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_7ea5c",
                            table="catalog_producthistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="productimage",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "catalog_productimagehistory" ("added_by_id", "colour", "created_at", "file", "height", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "product_id", "thumb", "url", "width") VALUES (NEW."added_by_id", NEW."colour", NEW."created_at", NEW."file", NEW."height", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."product_id", NEW."thumb", NEW."url", NEW."width"); RETURN NULL;',
                            hash="812526391245d4384b7e17703df9be433faef448",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_69d61",
                            table="catalog_productimage",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="productimagehistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="8e79837602fd7da9566c3eee95d9a135f88d7895",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_cbe31",
                            table="catalog_productimagehistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="sizechart",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "catalog_sizecharthistory" ("id", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."name", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="325e2393c7081da2fa084c0360b59c02d4af7f79",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_62e6f",
                            table="catalog_sizechart",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="sizechart",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "catalog_sizecharthistory" ("id", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."name", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="e3238570905c8e88aa8587285f17d93e51eba7bb",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_10d9f",
                            table="catalog_sizechart",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="sizechart",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "catalog_sizecharthistory" ("id", "name", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."name", OLD."note", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;',
                            hash="7e8e7706cfb4f1d88d1d21d528a24bb87825c56a",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_4c92e",
                            table="catalog_sizechart",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="sizechartrow",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "catalog_sizechartrowhistory" ("chart_id", "foot_mm", "id", "insole_mm", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "size") VALUES (NEW."chart_id", NEW."foot_mm", NEW."id", NEW."insole_mm", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."size"); RETURN NULL;',
                            hash="aaf44ac14dc27850952d3d53c764fba9bef8cf8d",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_fd552",
                            table="catalog_sizechartrow",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="sizechartrow",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "catalog_sizechartrowhistory" ("chart_id", "foot_mm", "id", "insole_mm", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "size") VALUES (NEW."chart_id", NEW."foot_mm", NEW."id", NEW."insole_mm", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."size"); RETURN NULL;',
                            hash="6263e687b9c548e421fc9e5b493cf93759ae2967",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_46a58",
                            table="catalog_sizechartrow",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="sizechartrow",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "catalog_sizechartrowhistory" ("chart_id", "foot_mm", "id", "insole_mm", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "size") VALUES (OLD."chart_id", OLD."foot_mm", OLD."id", OLD."insole_mm", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."size"); RETURN NULL;',
                            hash="0d3275874324d137f6207f784828a5d723d523ef",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_21b09",
                            table="catalog_sizechartrow",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="varianthistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="c5ccdfafa0b3741eb3473eefa355753f2e30efdb",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_ad130",
                            table="catalog_varianthistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="barcodealiashistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="7bbf5bd62b0a092b482ee132bce67558a0cbdaf5",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_98159",
                            table="catalog_barcodealiashistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="bundleparthistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="7402ab6e089a3df8cf89007c32484b295a32596a",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_f5810",
                            table="catalog_bundleparthistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="sizecharthistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="eba7e3c90730a8164996edfb259edad11fe01b38",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_c0e78",
                            table="catalog_sizecharthistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="sizechartrowhistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="7e15700fcff6c936a23ef6f7f18ed15d0787c2d7",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_9339a",
                            table="catalog_sizechartrowhistory",
                            when="BEFORE",
                        ),
                    ),
                ),
            ]
        )
    ]
