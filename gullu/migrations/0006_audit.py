import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django_q.models
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from gullu.migrating import Together


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more"),
        ("gullu", "0005_activity"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        Together(
            [
                migrations.CreateModel(
                    name="RoleRight",
                    fields=[],
                    options={
                        "verbose_name": "right of a role",
                        "verbose_name_plural": "rights of roles",
                        "proxy": True,
                        "default_permissions": (),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=("auth.group_permissions",),
                ),
                migrations.CreateModel(
                    name="Role",
                    fields=[],
                    options={
                        "verbose_name": "role",
                        "verbose_name_plural": "roles",
                        "proxy": True,
                        "default_permissions": (),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=("auth.group",),
                    managers=[
                        ("objects", django.contrib.auth.models.GroupManager()),
                    ],
                ),
                migrations.CreateModel(
                    name="OwnRight",
                    fields=[],
                    options={
                        "verbose_name": "own right of a person",
                        "verbose_name_plural": "own rights of people",
                        "proxy": True,
                        "default_permissions": (),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=("gullu.user_user_permissions",),
                ),
                migrations.CreateModel(
                    name="Membership",
                    fields=[],
                    options={
                        "verbose_name": "role of a person",
                        "verbose_name_plural": "roles of people",
                        "proxy": True,
                        "default_permissions": (),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=("gullu.user_groups",),
                ),
                migrations.CreateModel(
                    name="JobSchedule",
                    fields=[],
                    options={
                        "verbose_name": "scheduled job",
                        "verbose_name_plural": "scheduled jobs",
                        "proxy": True,
                        "default_permissions": (),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=("django_q.schedule",),
                ),
                migrations.CreateModel(
                    name="Work",
                    fields=[],
                    options={
                        "verbose_name": "work",
                        "verbose_name_plural": "work",
                        "proxy": True,
                        "default_permissions": (),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=("pghistory.context",),
                ),
                migrations.CreateModel(
                    name="JobScheduleHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "name",
                            models.CharField(
                                blank=True,
                                help_text="Optional label to identify this schedule in the admin.",
                                max_length=100,
                                null=True,
                                verbose_name="Name",
                            ),
                        ),
                        (
                            "func",
                            models.CharField(
                                help_text="e.g. module.tasks.function",
                                max_length=256,
                                verbose_name="Function",
                            ),
                        ),
                        (
                            "args",
                            models.TextField(
                                blank=True, help_text="e.g. 1, 2, 'John'", null=True, verbose_name="Arguments"
                            ),
                        ),
                        (
                            "kwargs",
                            models.TextField(
                                blank=True,
                                help_text="e.g. x=1, y=2, name='John'",
                                null=True,
                                verbose_name="Keyword arguments",
                            ),
                        ),
                        (
                            "schedule_type",
                            models.CharField(
                                choices=[
                                    ("O", "Once"),
                                    ("I", "Minutes"),
                                    ("H", "Hourly"),
                                    ("D", "Daily"),
                                    ("W", "Weekly"),
                                    ("BW", "Biweekly"),
                                    ("M", "Monthly"),
                                    ("BM", "Bimonthly"),
                                    ("Q", "Quarterly"),
                                    ("Y", "Yearly"),
                                    ("C", "Cron"),
                                ],
                                default="O",
                                help_text="How often this task should be enqueued.",
                                max_length=2,
                                verbose_name="Schedule Type",
                            ),
                        ),
                        (
                            "minutes",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="Number of minutes for the Minutes type",
                                null=True,
                                verbose_name="Minutes",
                            ),
                        ),
                        (
                            "repeats",
                            models.IntegerField(
                                default=-1, help_text="n = n times, -1 = forever", verbose_name="Repeats"
                            ),
                        ),
                        (
                            "cron",
                            models.CharField(
                                blank=True,
                                help_text="Cron expression",
                                max_length=100,
                                null=True,
                                validators=[django_q.models.validate_cron],
                                verbose_name="Cron",
                            ),
                        ),
                        (
                            "cluster",
                            models.CharField(
                                blank=True,
                                default=None,
                                help_text="Name of the target cluster",
                                max_length=100,
                                null=True,
                                verbose_name="Cluster",
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
                                to="gullu.jobschedule",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                        "indexes": [
                            models.Index(fields=["pgh_created_at", "pgh_id"], name="jobschedule_past")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LabelPrinterHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("name", models.CharField(max_length=60, verbose_name="name")),
                        (
                            "dpi",
                            models.PositiveSmallIntegerField(
                                choices=[(203, "203 dpi"), (300, "300 dpi"), (600, "600 dpi")],
                                default=203,
                                verbose_name="resolution",
                            ),
                        ),
                        (
                            "shift_right_mm",
                            models.DecimalField(
                                decimal_places=2,
                                default=Decimal("0"),
                                max_digits=4,
                                verbose_name="move to the right (mm)",
                            ),
                        ),
                        (
                            "shift_down_mm",
                            models.DecimalField(
                                decimal_places=2,
                                default=Decimal("0"),
                                max_digits=4,
                                verbose_name="move down (mm)",
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
                                to="gullu.labelprinter",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                        "indexes": [
                            models.Index(fields=["pgh_created_at", "pgh_id"], name="labelprinter_past")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MembershipHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        (
                            "group",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="auth.group",
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
                            "user",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="history",
                                to="gullu.membership",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                        "indexes": [
                            models.Index(fields=["pgh_created_at", "pgh_id"], name="membership_past")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OwnRightHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        (
                            "permission",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="auth.permission",
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
                            "user",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="history",
                                to="gullu.ownright",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                        "indexes": [models.Index(fields=["pgh_created_at", "pgh_id"], name="ownright_past")],
                    },
                ),
                migrations.CreateModel(
                    name="RoleHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.IntegerField()),
                        ("name", models.CharField(max_length=150, verbose_name="name")),
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
                                to="gullu.role",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                        "indexes": [models.Index(fields=["pgh_created_at", "pgh_id"], name="role_past")],
                    },
                ),
                migrations.CreateModel(
                    name="RoleRightHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.IntegerField()),
                        (
                            "group",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="auth.group",
                            ),
                        ),
                        (
                            "permission",
                            models.ForeignKey(
                                db_constraint=False,
                                db_tablespace="",
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="auth.permission",
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
                                to="gullu.roleright",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                        "indexes": [models.Index(fields=["pgh_created_at", "pgh_id"], name="roleright_past")],
                    },
                ),
                migrations.CreateModel(
                    name="UserHistory",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "username",
                            models.CharField(
                                error_messages={"unique": "A user with that username already exists."},
                                help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                                max_length=150,
                                validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                                verbose_name="username",
                            ),
                        ),
                        (
                            "first_name",
                            models.CharField(blank=True, max_length=150, verbose_name="first name"),
                        ),
                        ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                        (
                            "email",
                            models.EmailField(blank=True, max_length=254, verbose_name="email address"),
                        ),
                        (
                            "is_active",
                            models.BooleanField(
                                default=True,
                                help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                                verbose_name="active",
                            ),
                        ),
                        (
                            "is_staff",
                            models.BooleanField(
                                default=False,
                                help_text="Designates whether the user can log into this admin site.",
                                verbose_name="staff status",
                            ),
                        ),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
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
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                        "indexes": [models.Index(fields=["pgh_created_at", "pgh_id"], name="user_past")],
                    },
                ),
                migrations.AlterModelOptions(
                    name="labeltemplatehistory",
                    options={"default_permissions": ()},
                ),
                migrations.AddIndex(
                    model_name="labeltemplatehistory",
                    index=models.Index(fields=["pgh_created_at", "pgh_id"], name="labeltemplate_past"),
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="activity",
                    name="append_only",
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="activity",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="26ee3218e384968c29300b52de93c24bb094eae8",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_b4e14",
                            table="gullu_activity",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="labelprinter",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "gullu_labelprinterhistory" ("dpi", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shift_down_mm", "shift_right_mm") VALUES (NEW."dpi", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."shift_down_mm", NEW."shift_right_mm"); RETURN NULL;',
                            hash="b031f15943f8d1ccf62e07a4a6881e00b1335291",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_f5bdc",
                            table="gullu_labelprinter",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="labelprinter",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "gullu_labelprinterhistory" ("dpi", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shift_down_mm", "shift_right_mm") VALUES (NEW."dpi", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."shift_down_mm", NEW."shift_right_mm"); RETURN NULL;',
                            hash="80b2e11b760b30787557e6ae384e8bc2bb9cc1fe",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_571e5",
                            table="gullu_labelprinter",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="labelprinter",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "gullu_labelprinterhistory" ("dpi", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shift_down_mm", "shift_right_mm") VALUES (OLD."dpi", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."shift_down_mm", OLD."shift_right_mm"); RETURN NULL;',
                            hash="b470582a6f4b82cb818803427701df5ab2a0362e",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_b38b8",
                            table="gullu_labelprinter",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="labeltemplate",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "gullu_labeltemplatehistory" ("code", "code_height_mm", "code_width_mm", "column_gap_mm", "columns", "id", "is_default", "kind", "large_pt", "margin_bottom_mm", "margin_left_mm", "margin_right_mm", "margin_top_mm", "name", "padding_mm", "page_height_mm", "page_width_mm", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "qr_mm", "row_gap_mm", "rows", "shown", "small_pt", "symbology", "title_pt", "updated_at") VALUES (NEW."code", NEW."code_height_mm", NEW."code_width_mm", NEW."column_gap_mm", NEW."columns", NEW."id", NEW."is_default", NEW."kind", NEW."large_pt", NEW."margin_bottom_mm", NEW."margin_left_mm", NEW."margin_right_mm", NEW."margin_top_mm", NEW."name", NEW."padding_mm", NEW."page_height_mm", NEW."page_width_mm", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."qr_mm", NEW."row_gap_mm", NEW."rows", NEW."shown", NEW."small_pt", NEW."symbology", NEW."title_pt", NEW."updated_at"); RETURN NULL;',
                            hash="5f107934fd39f6d3ae2e1d62c6a8fdaa47980b36",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_76de7",
                            table="gullu_labeltemplate",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="labeltemplatehistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="1037df5b81e2cdc13c7051280effa09ad9d9a1e8",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_5987b",
                            table="gullu_labeltemplatehistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="user",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "gullu_userhistory" ("email", "first_name", "is_active", "is_staff", "is_superuser", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "username") VALUES (NEW."email", NEW."first_name", NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."last_name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."username"); RETURN NULL;',
                            hash="8bf79c7d9704ad389745f88eb517909ede5b0242",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_41724",
                            table="gullu_user",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="user",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."first_name" IS DISTINCT FROM (NEW."first_name") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_staff" IS DISTINCT FROM (NEW."is_staff") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."last_name" IS DISTINCT FROM (NEW."last_name") OR OLD."username" IS DISTINCT FROM (NEW."username"))',
                            func='INSERT INTO "gullu_userhistory" ("email", "first_name", "is_active", "is_staff", "is_superuser", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "username") VALUES (NEW."email", NEW."first_name", NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."last_name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."username"); RETURN NULL;',
                            hash="d0b25460cf63e59216082b1eb086901c4b6891a1",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_039a1",
                            table="gullu_user",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="user",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "gullu_userhistory" ("email", "first_name", "is_active", "is_staff", "is_superuser", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "username") VALUES (OLD."email", OLD."first_name", OLD."is_active", OLD."is_staff", OLD."is_superuser", OLD."last_name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."username"); RETURN NULL;',
                            hash="07b4f852a5f0601726737f258232cd260f93b6b6",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_ae7fb",
                            table="gullu_user",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="roleright",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "gullu_rolerighthistory" ("group_id", "id", "permission_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."group_id", NEW."id", NEW."permission_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="86082653e616efdf80af4db28bc56d151c131323",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_0df83",
                            table="auth_group_permissions",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="roleright",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "gullu_rolerighthistory" ("group_id", "id", "permission_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."group_id", NEW."id", NEW."permission_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="62894a863a8737dae8ae41bda22b04875532bfb0",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b622f",
                            table="auth_group_permissions",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="roleright",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "gullu_rolerighthistory" ("group_id", "id", "permission_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."group_id", OLD."id", OLD."permission_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;',
                            hash="00ae4a2fa37657d7c517da281b6e554b3e5b2de2",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_6cc6e",
                            table="auth_group_permissions",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="role",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "gullu_rolehistory" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="16aa2def6d37c2115ace20087daf40c694a61cf1",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_27c15",
                            table="auth_group",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="role",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "gullu_rolehistory" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="da659409e3a9ca8c16073ab1b51abe91bd97bb56",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b58e1",
                            table="auth_group",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="role",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "gullu_rolehistory" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;',
                            hash="f3b526964c90e8320b7dd2d9ce650ce3331f5657",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_186ad",
                            table="auth_group",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="ownright",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "gullu_ownrighthistory" ("id", "permission_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (NEW."id", NEW."permission_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."user_id"); RETURN NULL;',
                            hash="4cbca45535ebd70cf761900066374a6da8f8fc9c",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_4485d",
                            table="gullu_user_user_permissions",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="ownright",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "gullu_ownrighthistory" ("id", "permission_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (NEW."id", NEW."permission_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."user_id"); RETURN NULL;',
                            hash="67a3d1c7aae3fda3ba9c67a6e07cf7fd8d7ed594",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_76052",
                            table="gullu_user_user_permissions",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="ownright",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "gullu_ownrighthistory" ("id", "permission_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (OLD."id", OLD."permission_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."user_id"); RETURN NULL;',
                            hash="28024c0b4134fed5a7bfe50393b18eb54fd76ee5",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_c33e1",
                            table="gullu_user_user_permissions",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="membership",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "gullu_membershiphistory" ("group_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (NEW."group_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."user_id"); RETURN NULL;',
                            hash="681ac5b614d8a9794b0e401678fb077b65a8aacb",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_34ca3",
                            table="gullu_user_groups",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="membership",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "gullu_membershiphistory" ("group_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (NEW."group_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."user_id"); RETURN NULL;',
                            hash="e64aa8eee031512daa984ece3e9927c2cc2c1a75",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_1e5c5",
                            table="gullu_user_groups",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="membership",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "gullu_membershiphistory" ("group_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (OLD."group_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."user_id"); RETURN NULL;',
                            hash="faf091a4eeec3a9bb8f513a2e20862618c95e0a6",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_3d7c4",
                            table="gullu_user_groups",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="jobschedule",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "gullu_jobschedulehistory" ("args", "cluster", "cron", "func", "kwargs", "minutes", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "repeats", "schedule_type") VALUES (NEW."args", NEW."cluster", NEW."cron", NEW."func", NEW."kwargs", NEW."minutes", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."repeats", NEW."schedule_type"); RETURN NULL;',
                            hash="6f768046f22715d795dce67d681cf755b7c3c8db",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_01f0b",
                            table="django_q_schedule",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="jobschedule",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."args" IS DISTINCT FROM (NEW."args") OR OLD."cluster" IS DISTINCT FROM (NEW."cluster") OR OLD."cron" IS DISTINCT FROM (NEW."cron") OR OLD."func" IS DISTINCT FROM (NEW."func") OR OLD."kwargs" IS DISTINCT FROM (NEW."kwargs") OR OLD."minutes" IS DISTINCT FROM (NEW."minutes") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."repeats" IS DISTINCT FROM (NEW."repeats") OR OLD."schedule_type" IS DISTINCT FROM (NEW."schedule_type"))',
                            func='INSERT INTO "gullu_jobschedulehistory" ("args", "cluster", "cron", "func", "kwargs", "minutes", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "repeats", "schedule_type") VALUES (NEW."args", NEW."cluster", NEW."cron", NEW."func", NEW."kwargs", NEW."minutes", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."repeats", NEW."schedule_type"); RETURN NULL;',
                            hash="c09afe4ebd15b72e20fea32cc1fd4cbe6fcfe242",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b288b",
                            table="django_q_schedule",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="jobschedule",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "gullu_jobschedulehistory" ("args", "cluster", "cron", "func", "kwargs", "minutes", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "repeats", "schedule_type") VALUES (OLD."args", OLD."cluster", OLD."cron", OLD."func", OLD."kwargs", OLD."minutes", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."repeats", OLD."schedule_type"); RETURN NULL;',
                            hash="06a75fd9ae6fc40e324ceb1445ec4670f0b861b0",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_1fbee",
                            table="django_q_schedule",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="work",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1\n                       AND OLD.id::text = current_setting('pghistory.context_id', true)\n                       AND NEW.id = OLD.id AND NEW.created_at = OLD.created_at THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;\n                    ",
                            hash="5c31bae126d5894f51348b8f679eab3983a9297a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_b6bd3",
                            table="pghistory_context",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="work",
                    trigger=pgtrigger.compiler.Trigger(
                        name="no_truncate",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="8109589826e3d643448d3a3c745b506078c3d4ed",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_no_truncate_9f163",
                            table="pghistory_context",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="labelprinterhistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="5e29a35a13a15b8ad6e34b5b735bb35f07de83cf",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_4c5e7",
                            table="gullu_labelprinterhistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="userhistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="e96e14e7f23fa00a7881b89299eac7df127bf3d7",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_df687",
                            table="gullu_userhistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="rolerighthistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="4b444a05b56de52db9a482f60b00a2895b5d2868",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_93c9d",
                            table="gullu_rolerighthistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="rolehistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="989b520eefb79c685bfdbe5a48a54912ec7cd91c",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_51c77",
                            table="gullu_rolehistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="ownrighthistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="5dab8ee930c924e4025980ed1e3fc1c3781ecf81",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_1e215",
                            table="gullu_ownrighthistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="membershiphistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="574affb0b788e4c8db5cb16ad285019d941ac68e",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_d0145",
                            table="gullu_membershiphistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="jobschedulehistory",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot change what is only ever added to: %', TG_TABLE_NAME;",
                            hash="aee4079b16706f2261263a6b4ddfa8bfc53b7159",
                            level="STATEMENT",
                            operation="UPDATE OR DELETE OR TRUNCATE",
                            pgid="pgtrigger_append_only_9970e",
                            table="gullu_jobschedulehistory",
                            when="BEFORE",
                        ),
                    ),
                ),
                # The newest work, of all and of one person, one address or one request: the pages of the history read it so.
                migrations.RunSQL(
                    """
            CREATE INDEX pghistory_context_newest ON pghistory_context (created_at, id);
            CREATE INDEX pghistory_context_person ON pghistory_context ((metadata ->> 'user'), created_at, id)
             WHERE metadata ->> 'user' IS NOT NULL;
            CREATE INDEX pghistory_context_address ON pghistory_context ((metadata ->> 'address'), created_at, id)
             WHERE metadata ->> 'address' IS NOT NULL;
            CREATE INDEX pghistory_context_reference ON pghistory_context ((metadata ->> 'reference'), created_at, id)
             WHERE metadata ->> 'reference' IS NOT NULL;
            CREATE INDEX pghistory_context_with_address ON pghistory_context (created_at)
             WHERE metadata ->> 'address' IS NOT NULL;
            """,
                    """
            DROP INDEX pghistory_context_newest;
            DROP INDEX pghistory_context_person;
            DROP INDEX pghistory_context_address;
            DROP INDEX pghistory_context_reference;
            DROP INDEX pghistory_context_with_address;
            """,
                ),
            ]
        )
    ]
