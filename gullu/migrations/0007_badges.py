import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from gullu.migrating import Together


class Migration(migrations.Migration):
    dependencies = [("gullu", "0006_audit")]

    operations = [
        Together(
            [
                migrations.CreateModel(
                    name="Badge",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "code_digest",
                            models.CharField(max_length=64, unique=True, verbose_name="digest of the code"),
                        ),
                        ("pin", models.CharField(max_length=200, verbose_name="PIN")),
                        ("failures", models.PositiveSmallIntegerField(default=0, verbose_name="wrong PINs")),
                        (
                            "locked_until",
                            models.DateTimeField(blank=True, null=True, verbose_name="locked until"),
                        ),
                        ("issued_at", models.DateTimeField(verbose_name="given out")),
                        (
                            "last_used_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="last used"),
                        ),
                        ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                        (
                            "issued_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="given out by",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="badges",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="person",
                            ),
                        ),
                        (
                            "revoked_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="revoked by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "badge",
                        "verbose_name_plural": "badges",
                        "default_permissions": (),
                    },
                ),
                migrations.AddConstraint(
                    model_name="badge",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("person",),
                        name="badge_once_per_person",
                    ),
                ),
            ]
        ),
    ]
