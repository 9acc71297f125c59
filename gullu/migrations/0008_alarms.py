import django.contrib.postgres.fields
from django.db import migrations, models

from gullu.migrating import Together


class Migration(migrations.Migration):
    dependencies = [("gullu", "0007_badges")]

    operations = [
        Together(
            [
                migrations.CreateModel(
                    name="AlarmState",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=80, verbose_name="code")),
                        ("check_name", models.CharField(max_length=120, verbose_name="check")),
                        (
                            "level",
                            models.CharField(
                                choices=[("WARNING", "Warning"), ("DANGER", "Danger")],
                                max_length=10,
                                verbose_name="level",
                            ),
                        ),
                        ("sentence", models.TextField(verbose_name="what is wrong")),
                        ("link", models.CharField(blank=True, max_length=300, verbose_name="link")),
                        (
                            "rights",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=100),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="rights",
                            ),
                        ),
                        ("raised_at", models.DateTimeField(verbose_name="since")),
                        ("last_seen_at", models.DateTimeField(verbose_name="last found")),
                        (
                            "cleared_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="over since"),
                        ),
                        ("mailed_at", models.DateTimeField(blank=True, null=True, verbose_name="last mail")),
                        (
                            "clearing_mailed_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="mail that it is over"),
                        ),
                        (
                            "silenced_until",
                            models.DateTimeField(blank=True, null=True, verbose_name="silent until"),
                        ),
                    ],
                    options={
                        "verbose_name": "alarm",
                        "verbose_name_plural": "alarms",
                        "default_permissions": (),
                        "indexes": [models.Index(fields=["-raised_at", "-id"], name="alarm_newest")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("cleared_at", None)),
                                fields=("code",),
                                name="alarm_holds_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WorkerBeat",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("host", models.CharField(max_length=200, verbose_name="machine")),
                        ("pid", models.PositiveIntegerField(verbose_name="process")),
                        ("started_at", models.DateTimeField(verbose_name="started")),
                        ("seen_at", models.DateTimeField(verbose_name="last seen")),
                    ],
                    options={
                        "verbose_name": "worker",
                        "verbose_name_plural": "workers",
                        "default_permissions": (),
                        "constraints": [
                            models.UniqueConstraint(fields=("host", "pid"), name="worker_beats_once")
                        ],
                    },
                ),
            ]
        ),
    ]
