from typing import Any

from django.db import migrations
from django.db.models import F


def forget(apps: Any, _schema_editor: Any) -> None:
    """A signer's certificate is inside the sealed signature; beside it, in clear, it is nobody's business."""
    signature, evidence = apps.get_model("signing", "Signature"), apps.get_model("signing", "Evidence")
    hers = signature.evidence.through.objects.filter(evidence_id=F("signature__signer_sha256"))
    gone = set(hers.values_list("evidence_id", flat=True))
    hers.delete()
    evidence.objects.filter(pk__in=gone, signatures=None).delete()


class Migration(migrations.Migration):
    dependencies = [("signing", "0002_find_what_was_asked_before")]
    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
