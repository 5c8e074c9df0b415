"""Search by part of a name needs trigrams."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    operations = [TrigramExtension()]
