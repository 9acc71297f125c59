from django.db import migrations, models

from gullu.migrating import Together


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_audit")]

    operations = [
        Together(
            [
                migrations.AddField(
                    model_name="order",
                    name="anonymized_at",
                    field=models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="personal data emptied"
                    ),
                ),
                migrations.AddIndex(
                    model_name="order",
                    index=models.Index(
                        condition=models.Q(("anonymized_at__isnull", True)),
                        fields=["ordered_at", "id"],
                        name="order_personal",
                    ),
                ),
                migrations.AddIndex(
                    model_name="order",
                    index=models.Index(
                        condition=models.Q(("payload", {}), _negated=True),
                        fields=["ordered_at", "id"],
                        name="order_with_message",
                    ),
                ),
            ]
        ),
    ]
