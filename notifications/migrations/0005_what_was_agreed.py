"""Who agreed to “these reminders, and when something moves or is cancelled” agreed to two topics."""

from itertools import pairwise

from django.db import migrations

from scheduler.models.fields import new_key


def agree_to_changes(apps, schema_editor):
    consents = apps.get_model("notifications", "Consent").objects
    consents.bulk_create(
        [
            consents.model(
                key=new_key(),
                person_id=given.person_id,
                topic="changes",
                way=given.way,
                wording_version=given.wording_version,
                granted_at=given.granted_at,
                withdrawn_at=given.withdrawn_at,
            )
            for given in consents.filter(topic="reminders").iterator()
        ],
        batch_size=1000,
    )


def know_the_next(apps, schema_editor):
    choices = apps.get_model("notifications", "ReminderChoice").objects
    rows = list(choices.order_by("person", "-lead_minutes"))
    for choice, following in pairwise(rows):
        if choice.person_id == following.person_id:
            choice.next_lead_minutes = following.lead_minutes
    choices.bulk_update(rows, ["next_lead_minutes"], batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_kinds_and_preferences")]

    operations = [
        migrations.RunPython(agree_to_changes, migrations.RunPython.noop),
        migrations.RunPython(know_the_next, migrations.RunPython.noop),
    ]
