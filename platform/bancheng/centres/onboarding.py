"""Take a centre into service, rename, suspend and resume it. For operators; every act is whole or undone."""

import csv
import logging
import re
from collections.abc import Iterator
from importlib.resources import files

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from psycopg import sql as psql

from bancheng.centres import migrating, templates
from bancheng.centres.models import SLUG, Centre, Division, Host, Kind, OutsideOffice
from bancheng.centres.scope import find, in_centre, in_public
from bancheng.errors import Conflict, Invalid
from bancheng.identity.actors import Actor
from bancheng.privacy import audit
from bancheng.tenancy import PUBLIC
from bancheng.timekeeping import clock

log = logging.getLogger(__name__)

# Words that an address needs for itself, or that would look like the deployment's own.
RESERVED_SLUGS = frozenset(
    {"www", "api", "static", "admin", "public", "mail", "localhost", "healthz", "readyz"}
)
_OFFICE_CODE = re.compile(r"([0-9]{6})-office")
_CENTRE_CODE = re.compile(r"[0-9]{6}")


def add_centre(
    *,
    code: str,
    slug: str,
    name: str,
    short_name: str = "",
    abbreviation: str = "",
    kind: str = Kind.CENTRE,
    division_kind: str = "",
    position: int | None = None,
) -> Centre:
    """Register a centre or office, give it its host and a fresh schema; a failure leaves nothing behind.

    The code is six digits of GB/T 2260 ("130722"), of an office the same with "-office"; the schema takes its
    name from it. Raises Invalid for a wrong code, slug or name and Conflict where one is taken.
    """
    centre = Centre(
        code=code,
        kind=kind,
        division_kind=division_kind,
        slug=slug,
        name=name,
        short_name=short_name or name,
        abbreviation=abbreviation or short_name or name[:10],
        schema_name=_schema_name(code, kind),
        position=position if position is not None else 1000,
        created_at=clock.now(),
    )
    with in_public():
        _check(centre)
        try:
            sql = templates.template_sql(kind)
        except templates.NoTemplate as why:
            log.info("schema %s is migrated step by step: %s", centre.schema_name, why)
            return _add_by_migrating(centre)
        with transaction.atomic():
            _register(centre)
            templates.replay(sql, kind=kind, schema=centre.schema_name)
            _note("centre.add", centre, host=host_name(slug))
    return centre


def rename(*, code: str, name: str, short_name: str = "", abbreviation: str = "", slug: str = "") -> Centre:
    """Change how a centre is called, and with `slug` where it is found; code and schema stay for ever.

    The old host keeps leading to the centre, so that links in letters stay good. Raises Invalid, Conflict,
    UnknownCentre.
    """
    with in_public(), transaction.atomic():
        centre = _locked(code)
        centre.name = name
        centre.short_name = short_name or centre.short_name
        centre.abbreviation = abbreviation or centre.abbreviation
        moved = bool(slug) and slug != centre.slug
        centre.slug = slug or centre.slug
        _raise_if(_field_errors(centre))
        if moved:
            _raise_if_slug_taken(slug)
            Host.objects.create(domain=host_name(slug), tenant=centre, is_primary=True)
        centre.save()
        _note("centre.rename", centre, name=centre.name, slug=centre.slug)
    return centre


def suspend(*, code: str) -> Centre:
    """Take a centre out of service: pages answer that it is suspended, tasks refuse. Data stays as it is."""
    with in_public(), transaction.atomic():
        centre = _locked(code)
        if centre.suspended_at:
            raise Conflict(f"{centre.name}已经停用")
        centre.suspended_at = clock.now()
        centre.save(update_fields=["suspended_at"])
        _note("centre.suspend", centre)
    return centre


def resume(*, code: str) -> Centre:
    """Put a suspended centre back into service."""
    with in_public(), transaction.atomic():
        centre = _locked(code)
        if not centre.suspended_at:
            raise Conflict(f"{centre.name}并未停用")
        centre.suspended_at = None
        centre.save(update_fields=["suspended_at"])
        _note("centre.resume", centre)
    return centre


def load_registry() -> None:
    """The public site at settings.BASE_DOMAIN and the outside offices of our list; safe to repeat."""
    with in_public(), transaction.atomic():
        public, _ = Centre.objects.get_or_create(
            schema_name=PUBLIC,
            defaults={
                "code": PUBLIC,
                "kind": Kind.PUBLIC,
                "slug": "www",
                "name": "“办不成事”反映窗口",
                "short_name": "首页",
                "abbreviation": "",
                "created_at": clock.now(),
            },
        )
        Host.objects.update_or_create(domain=settings.BASE_DOMAIN.lower(), defaults={"tenant": public})
        for row in _rows("outside_offices.csv"):
            # What the operator has corrected since stays as it is.
            OutsideOffice.objects.get_or_create(code=row.pop("code"), defaults=row)


def listed_centres() -> list[dict[str, str]]:
    """The centres and the office of our list (data/centres.csv) as arguments of `add_centre`, in order."""
    return list(_rows("centres.csv"))


def load_centres() -> list[Centre]:
    """Add those of `listed_centres` that are not registered yet; returns the ones added."""
    with in_public():
        known = set(Centre.objects.values_list("code", flat=True))
    return [
        add_centre(position=place, **row)
        for place, row in enumerate(listed_centres(), start=1)
        if row["code"] not in known
    ]


def host_name(slug: str) -> str:
    """The host of a centre: its slug before the deployment's domain."""
    return f"{slug}.{settings.BASE_DOMAIN}".lower()


def _schema_name(code: str, kind: str) -> str:
    if kind == Kind.CENTRE and _CENTRE_CODE.fullmatch(code):
        return f"c{code}"
    if kind == Kind.OFFICE and (match := _OFFICE_CODE.fullmatch(code)):
        return f"o{match.group(1)}"
    rule = "六位数字" if kind == Kind.CENTRE else "六位数字加“-office”"
    raise Invalid({"code": [f"代码“{code}”不对：应为 GB/T 2260 的{rule}"]})


def _check(centre: Centre) -> None:
    _raise_if(_field_errors(centre))
    if Centre.objects.filter(code=centre.code).exists():
        raise Conflict(f"代码 {centre.code} 已经登记过，不能再建")
    _raise_if_slug_taken(centre.slug)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [centre.schema_name])
        if cursor.fetchone()[0]:
            raise Conflict(f"数据库里已有名为 {centre.schema_name} 的模式，请先查明它的来历")


def _field_errors(centre: Centre) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if not SLUG.fullmatch(centre.slug) or len(centre.slug) > 40:
        errors["slug"] = [
            f"网址名“{centre.slug}”不对：只用小写字母、数字和短横，以字母开头，不超过 40 个字符"
        ]
    elif centre.slug in RESERVED_SLUGS:
        errors["slug"] = [f"网址名“{centre.slug}”留作他用，请另取一个"]
    if centre.division_kind and centre.division_kind not in Division:
        errors["division_kind"] = [f"区划级别“{centre.division_kind}”不对：可用 {'、'.join(Division.values)}"]
    for field, label in (("name", "全称"), ("short_name", "简称"), ("abbreviation", "编号用字")):
        value = getattr(centre, field)
        limit = Centre._meta.get_field(field).max_length
        if not value.strip():
            errors[field] = [f"请填写{label}"]
        elif len(value) > limit:
            errors[field] = [f"{label}太长：不超过 {limit} 个字"]
    return errors


def _raise_if(errors: dict[str, list[str]]) -> None:
    if errors:
        raise Invalid(errors)


def _raise_if_slug_taken(slug: str) -> None:
    taken = Host.objects.filter(domain=host_name(slug)).exists() or Centre.objects.filter(slug=slug).exists()
    if taken:
        raise Conflict(f"网址 {host_name(slug)} 已被占用，请另取一个网址名")


def _register(centre: Centre) -> None:
    """Write the registry rows; a rival who was faster by a moment gets the same answer as one seen before."""
    try:
        with transaction.atomic():
            centre.save()
            Host.objects.create(domain=host_name(centre.slug), tenant=centre, is_primary=True)
    except IntegrityError as error:
        raise Conflict(f"{centre.code} 或网址 {host_name(centre.slug)} 刚刚已被登记") from error


def _add_by_migrating(centre: Centre) -> Centre:
    """Without a template: register, then migrate; undone by hand on failure, as each migration commits."""
    schema = psql.Identifier(centre.schema_name)
    with transaction.atomic(), connection.cursor() as cursor:
        _register(centre)
        cursor.execute(psql.SQL("CREATE SCHEMA {}").format(schema))
    try:
        migrating.migrate_schema(centre.schema_name, centre.kind)
        _note("centre.add", centre, host=host_name(centre.slug))
    except BaseException:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(psql.SQL("DROP SCHEMA {} CASCADE").format(schema))
            centre.delete()
        raise
    return centre


def _note(act: str, centre: Centre, **data: str) -> None:
    """Record an act on the registry in the audit trail of the office; public keeps no trail."""
    office = Centre.objects.filter(kind=Kind.OFFICE, suspended_at=None).first()
    if office is None:
        log.info("%s %s: there is no office yet whose audit trail could tell", act, centre.code)
        return
    with in_centre(office.code):
        audit.record(actor=Actor.terminal(office.code), act=act, subject=("centre", centre.code), **data)


def _locked(code: str) -> Centre:
    centre: Centre = Centre.objects.select_for_update().get(pk=find(code).pk)
    return centre


def _rows(name: str) -> Iterator[dict[str, str]]:
    yield from csv.DictReader((files("bancheng.centres") / "data" / name).read_text("utf-8").splitlines())
