"""Everything that migrations leave in a schema, as the catalogue tells it, to compare two schemas."""

import re
from typing import Any

from django.db import connection

CATALOGUES = {
    # The order of columns, not their numbers: a column that a migration dropped leaves a gap in these.
    "columns": "SELECT table_name, column_name,"
    " rank() OVER (PARTITION BY table_name ORDER BY ordinal_position), udt_name, character_maximum_length,"
    " is_nullable, column_default, is_identity, collation_name"
    " FROM information_schema.columns WHERE table_schema = %s",
    "constraints": "SELECT t.relname, con.conname, pg_get_constraintdef(con.oid) FROM pg_constraint con"
    " JOIN pg_class t ON t.oid = con.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace"
    " WHERE n.nspname = %s",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = %s",
    "triggers": "SELECT t.relname, g.tgname, g.tgenabled, pg_get_triggerdef(g.oid) FROM pg_trigger g"
    " JOIN pg_class t ON t.oid = g.tgrelid JOIN pg_namespace n ON n.oid = t.relnamespace"
    " WHERE n.nspname = %s AND NOT g.tgisinternal",
    "functions": "SELECT p.proname, pg_get_functiondef(p.oid) FROM pg_proc p"
    " JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = %s",
    "sequences": "SELECT sequencename, data_type, start_value, increment_by FROM pg_sequences"
    " WHERE schemaname = %s",
}
ROWS = (
    "SELECT app, name FROM {0}.django_migrations ORDER BY 1, 2",
    "SELECT app_label, model FROM {0}.django_content_type ORDER BY 1, 2",
    "SELECT c.app_label, c.model, p.codename, p.name FROM {0}.auth_permission p"
    " JOIN {0}.django_content_type c ON c.id = p.content_type_id ORDER BY 1, 2, 3",
)


def everything_in(schema: str) -> dict[str, Any]:
    """Columns, constraints, indexes, triggers, functions, sequences and the rows of Django's own tables."""
    with connection.cursor() as cursor:
        found: dict[str, Any] = {}
        for name, sql in CATALOGUES.items():
            cursor.execute(sql, [schema])
            found[name] = sorted(_plain(repr(row), schema) for row in cursor.fetchall())
        for sql in ROWS:
            cursor.execute(sql.format(schema))
            found[sql] = cursor.fetchall()
    return found


def _plain(text: str, schema: str) -> str:
    """Without the schema's name, and without casts: what was read back from a dump shows them elsewhere."""
    return re.sub(r"::(text|character varying)|[()\[\]]", "", re.sub(rf"\b{schema}\b", "SCHEMA", text))
