from django.db import migrations, models

from gullu.migrating import Together


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0004_product_write_barcode"),
    ]

    operations = [
        Together(
            [
                migrations.CreateModel(
                    name="WebhookState",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "channel",
                            models.CharField(
                                choices=[("TRENDYOL", "Trendyol"), ("MANUAL", "Manual")],
                                max_length=10,
                                unique=True,
                                verbose_name="channel",
                            ),
                        ),
                        (
                            "rung_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="run asked for"),
                        ),
                        ("checked_at", models.DateTimeField(blank=True, null=True, verbose_name="checked")),
                        ("check_error", models.TextField(blank=True, verbose_name="reason")),
                        ("gap_from", models.DateTimeField(blank=True, null=True, verbose_name="gap since")),
                        (
                            "gap_read_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="gap read again"),
                        ),
                    ],
                    options={
                        "verbose_name": "state of the webhooks",
                        "verbose_name_plural": "states of the webhooks",
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="WebhookEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "channel",
                            models.CharField(
                                choices=[("TRENDYOL", "Trendyol"), ("MANUAL", "Manual")],
                                default="TRENDYOL",
                                max_length=10,
                                verbose_name="channel",
                            ),
                        ),
                        ("received_at", models.DateTimeField(verbose_name="received")),
                        ("digest", models.CharField(max_length=64, verbose_name="fingerprint")),
                        ("body", models.BinaryField(blank=True, verbose_name="content")),
                        ("size", models.PositiveIntegerField(verbose_name="size in bytes")),
                        ("package_id", models.BigIntegerField(blank=True, null=True, verbose_name="package")),
                        (
                            "remote_modified_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="changed there"),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("NEW", "Waiting"),
                                    ("APPLIED", "Applied"),
                                    ("OLD", "Older than what is known"),
                                    ("DUPLICATE", "Known already"),
                                    ("REFUSED", "Could not be used"),
                                ],
                                default="NEW",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                        ("attempts", models.PositiveIntegerField(default=0, verbose_name="attempts")),
                        (
                            "processed_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="processed"),
                        ),
                    ],
                    options={
                        "verbose_name": "webhook event",
                        "verbose_name_plural": "webhook events",
                        "default_permissions": ("view",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "NEW")),
                                fields=["id"],
                                name="webhook_event_waiting",
                            ),
                            models.Index(fields=["-received_at", "-id"], name="webhook_event_newest"),
                            models.Index(fields=["package_id"], name="webhook_event_package"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("digest",), name="webhook_event_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookHook",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "channel",
                            models.CharField(
                                choices=[("TRENDYOL", "Trendyol"), ("MANUAL", "Manual")],
                                default="TRENDYOL",
                                max_length=10,
                                verbose_name="channel",
                            ),
                        ),
                        ("remote_id", models.CharField(max_length=64, verbose_name="webhook no")),
                        ("url", models.CharField(max_length=500, verbose_name="address")),
                        ("username", models.CharField(blank=True, max_length=150, verbose_name="user name")),
                        ("authentication", models.CharField(max_length=30, verbose_name="authentication")),
                        ("subscribed", models.JSONField(blank=True, default=list, verbose_name="statuses")),
                        (
                            "status",
                            models.CharField(
                                choices=[("ACTIVE", "Active"), ("PASSIVE", "Passive")],
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("ours", models.BooleanField(verbose_name="leads here")),
                        (
                            "active_since",
                            models.DateTimeField(blank=True, null=True, verbose_name="active since"),
                        ),
                        (
                            "active_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="last seen active"),
                        ),
                        (
                            "passive_since",
                            models.DateTimeField(blank=True, null=True, verbose_name="passive since"),
                        ),
                    ],
                    options={
                        "verbose_name": "webhook",
                        "verbose_name_plural": "webhooks",
                        "default_permissions": (),
                        "constraints": [
                            models.UniqueConstraint(fields=("channel", "remote_id"), name="webhook_hook_once")
                        ],
                    },
                ),
            ]
        ),
    ]
