"""Two kinds of task: of one centre, and of public. Nothing else decides which schema a task works in."""

from typing import Any

from celery import Task
from django.db import connection

from bancheng.centres.scope import in_centre
from bancheng.tenancy import PUBLIC, current_schema, tenant_connection


class NotInPublic(RuntimeError):
    """A public task found the database serving something else. Nothing was run."""


class BaseTask(Task):  # type: ignore[type-arg]  # Celery's class takes no parameters at run time
    """Acknowledged after the work, given again when its worker is lost: the body must bear being repeated."""

    abstract = True
    acks_late = True
    reject_on_worker_lost = True
    ignore_result = True


class TenantTask(BaseTask):
    """A task of one centre, which must be named: `deliver.delay(centre="130722", …)`.

    The body runs only after the registry and current_schema() confirmed the centre; a missing, unknown,
    public or suspended one raises, as does a database error at that moment. The schema served before is back
    when the call ends. The body receives `centre` as well.
    """

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Switch, then run. Never in a signal: Celery swallows its exceptions and runs the body in public."""
        code = kwargs.get("centre")
        if args or not isinstance(code, str) or not code:
            raise TypeError(f"{self.name} takes keyword arguments only, and a centre's code as `centre`")
        with in_centre(code):
            return self.run(**kwargs)


class PublicTask(BaseTask):
    """A task over the public schema alone: sweeps, which read headers and hand centres' work on."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Make sure that public is served, then run; what was served before is back when the call ends."""
        previous = tenant_connection.tenant
        tenant_connection.set_schema_to_public()
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_schema()")
                if cursor.fetchone()[0] != PUBLIC or current_schema() != PUBLIC:
                    raise NotInPublic(self.name)
            return self.run(*args, **kwargs)
        finally:
            tenant_connection.set_tenant(previous)
