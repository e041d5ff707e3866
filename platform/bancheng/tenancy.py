"""The ground floor of tenancy: which schema this connection serves, and models that notice a switch."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Protocol, Self, TypeVar, cast

from django.db import connection, models
from django.db.models import sql
from django.db.models.sql.compiler import SQLCompiler

PUBLIC = "public"

M = TypeVar("M", bound=models.Model, covariant=True)


class WrongSchema(RuntimeError):
    """A row or queryset of one schema was about to be used in another. Always a bug in our code."""


def current_schema() -> str:
    """The schema that this thread's connection serves now; "public" when it serves none."""
    return tenant_connection.schema_name


class TenantConnection(Protocol):
    """What django-tenants adds to Django's connection. Only centres and tasks switch; others use scope."""

    schema_name: str
    tenant: Any
    pg_version: int

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """Serve the schema of `tenant` from the next query on."""

    def set_schema_to_public(self) -> None:
        """Serve public from the next query on."""


# The same per-thread proxy as django.db.connection, with a type that knows of schemas.
tenant_connection = cast(TenantConnection, connection)


class TenantQuery(sql.Query):
    """The query behind a TenantQuerySet: it remembers its schema through clones and subqueries.

    One made in public, as those of form and view classes are at import, belongs to no schema yet; it takes
    the schema of its first clone made in one.
    """

    schema = ""

    def clone(self) -> Self:
        clone = cast(Self, super().clone())
        clone.schema = self.schema or _schema_to_hold()
        return clone

    def get_compiler(self, *args: Any, **kwargs: Any) -> SQLCompiler:
        """Every read passes here, and every subquery of a write."""
        self.check_schema()
        compiler: SQLCompiler = super().get_compiler(*args, **kwargs)
        return compiler

    def check_schema(self) -> None:
        """Raise WrongSchema unless the connection still serves the schema that this query was made in."""
        _check(self.schema, self.model)


class TenantQuerySet(models.QuerySet[M, M]):
    """Rows of one schema. Evaluated, changed or deleted in another schema, it raises WrongSchema.

    The queryset behind a related manager belongs to the schema of the row it hangs on.
    """

    query: TenantQuery

    def __init__(
        self,
        model: type[M] | None = None,
        query: sql.Query | None = None,
        using: str | None = None,
        hints: dict[str, models.Model] | None = None,
    ) -> None:
        if query is None and model is not None:
            query = TenantQuery(model)
            query.schema = _schema_to_hold()
        super().__init__(model, query, using, hints)
        if hints:
            self._take_schema_of(hints.get("instance"))

    def update(self, **kwargs: Any) -> int:
        self.query.check_schema()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self.query.check_schema()
        return super().delete()

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        rows = list(objs)
        _check_rows(rows)
        created = super().bulk_create(rows, *args, **kwargs)
        for row in created:
            _tag(row)
        return created

    def bulk_update(self, objs: Iterable[M], fields: Iterable[str], batch_size: int | None = None) -> int:
        rows = list(objs)
        _check_rows(rows)
        return super().bulk_update(rows, fields, batch_size)

    def _update(self, values: Any) -> int:  # the update inside Model.save()
        self.query.check_schema()
        return super()._update(values)  # type: ignore[misc,no-any-return]  # Django's own, absent from the stubs

    def _raw_delete(self, using: str | None) -> int:  # the fast delete of dependent rows
        self.query.check_schema()
        return super()._raw_delete(using)

    def _add_hints(self, **hints: Any) -> None:  # what a related manager tells of the row it hangs on
        super()._add_hints(**hints)  # type: ignore[misc]  # Django's own, absent from the stubs
        self._take_schema_of(hints.get("instance"))

    def _take_schema_of(self, row: object) -> None:
        if isinstance(row, TenantModel) and row.home_schema:
            self.query.schema = row.home_schema


# The manager of every TenantModel. A plain name, so that the type checker knows its rows.
TenantManager = models.Manager.from_queryset(TenantQuerySet, "TenantManager")


class TenantModel(models.Model):
    """A model whose rows live in a centre's or the office's schema and never leave it unnoticed.

    A row belongs to the schema it was read from or first saved in. Saving, deleting or re-reading it while
    the connection serves another schema raises WrongSchema and touches nothing.
    """

    home_schema: str = ""

    objects = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **more: Any
    ) -> Self:
        row = super().from_db(db, field_names, values, **more)
        _tag(row)
        return row

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        _check_rows([self])
        super().save_base(*args, **kwargs)
        _tag(self)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        _check_rows([self])
        return super().delete(*args, **kwargs)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        _check_rows([self])
        super().refresh_from_db(*args, **kwargs)


def _schema_to_hold() -> str:
    schema = current_schema()
    return "" if schema == PUBLIC else schema


def _tag(row: models.Model) -> None:
    if isinstance(row, TenantModel):
        row.home_schema = current_schema()


def _check(schema: str, model: type[models.Model] | None) -> None:
    if schema and schema != current_schema():
        name = model._meta.label if model else "query"
        raise WrongSchema(
            f"{name} of schema {schema!r} used while the connection serves {current_schema()!r}"
        )


def _check_rows(rows: Sequence[models.Model]) -> None:
    for row in rows:
        if isinstance(row, TenantModel):
            _check(row.home_schema, type(row))
