"""Part-of-a-word search: the extension lives in public, where every schema's search path finds it."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("centres", "0001_initial")]
    operations = [TrigramExtension()]
