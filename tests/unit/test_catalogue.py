"""The dictionaries: what is shipped, how it is loaded again, how it is read."""

import io
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from bancheng.catalogue import loader, selectors, words
from bancheng.catalogue.departments import DEPARTMENTS, department_name
from bancheng.catalogue.loader import load_catalogue
from bancheng.catalogue.models import CatalogueVersion, Cause, Item, ItemMaterial
from bancheng.errors import NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _loaded() -> Iterator[None]:
    """The catalogue stands; what the process remembers of the rolled-back test goes."""
    load_catalogue()
    yield
    selectors.forget()


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped files that the loader reads instead, to be edited."""
    for name in loader.FILES:
        copy(loader.DATA / name, tmp_path)
    monkeypatch.setattr(loader, "DATA", tmp_path)
    return tmp_path


def load_and_check() -> None:
    """Loaded as if the transaction ended here: references are looked at."""
    with transaction.atomic():
        load_catalogue()
        connection.check_constraints()


def rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_the_shipped_items_and_causes_are_all_there() -> None:
    assert (len(selectors.items()), len(selectors.causes())) == (50, 21)


def test_an_item_carries_its_department_and_statutory_term() -> None:
    found = selectors.item("YL10")
    assert (found.lead_department, found.statutory_working_days) == ("SB", 15)


def test_an_item_without_a_statutory_term_has_none() -> None:
    assert selectors.item("YL01").statutory_working_days is None


def test_every_item_belongs_to_a_known_department() -> None:
    assert {item.lead_department for item in selectors.items()} <= DEPARTMENTS.keys()


def test_choices_keep_the_catalogues_order_and_name_each_scheme_once() -> None:
    schemes = [scheme for scheme, _ in selectors.item_choices()]
    assert schemes[:3] == ["职工养老", "机关养老", "居民养老"]
    assert len(schemes) == len(set(schemes))
    assert sum(len(group) for _, group in selectors.item_choices()) == 50


def test_cause_choices_end_with_other() -> None:
    assert selectors.cause_choices()[-1] == ("C99", "其他")


def test_an_unknown_item_is_refused_in_words() -> None:
    with pytest.raises(NotFound, match="没有编码“XX99”"):
        selectors.item("XX99")


def test_an_unknown_cause_is_refused_in_words() -> None:
    with pytest.raises(NotFound, match="没有编码“C77”"):
        selectors.cause("C77")


def test_loading_again_is_the_same_version() -> None:
    number = selectors.version()
    assert load_catalogue() == number
    assert CatalogueVersion.objects.count() == number


def test_a_changed_file_is_a_new_version(edited: Path) -> None:
    before = selectors.version()
    rewrite(edited / "items.csv", "权益记录与参保证明", "参保证明")
    assert load_catalogue() == before + 1
    assert selectors.item("QY01").name == "参保证明"
    assert selectors.version() == before + 1


def test_an_item_no_longer_listed_is_retired_but_still_named(edited: Path) -> None:
    rewrite(edited / "items.csv", "LH02,灵活就业退休,灵活就业,人社,\n", "")
    load_catalogue()
    assert "LH02" not in {item.code for item in selectors.items()}
    assert selectors.item("LH02").name == "灵活就业退休"


def test_an_item_listed_again_is_in_use_again() -> None:
    Item.objects.filter(code="LH02").update(active=False)
    load_catalogue()
    assert selectors.item("LH02").active


def test_a_cause_no_longer_listed_is_retired(edited: Path) -> None:
    rewrite(edited / "causes.csv", "C05,跨部门,\n", "")
    load_catalogue()
    assert not Cause.objects.get(code="C05").active
    assert "C05" not in {cause.code for cause in selectors.causes()}


def test_an_unknown_department_in_the_file_loads_nothing(edited: Path) -> None:
    rewrite(edited / "items.csv", "LH02,灵活就业退休,灵活就业,人社", "LH02,改名,灵活就业,没有")
    with pytest.raises(KeyError):
        load_catalogue()
    assert Item.objects.get(code="LH02").name == "灵活就业退休"


def test_an_item_has_its_own_materials_in_order() -> None:
    found = selectors.materials("YL06")
    assert len(found) == 7
    assert [m.name for m in found[:2]] == ["居民身份证", "社会保障卡"]
    assert {m.obtained_by for m in found} == set(words.ObtainedBy)


def test_an_item_without_materials_of_its_own_has_the_general_ones() -> None:
    assert [m.name for m in selectors.materials("QT99")][:2] == ["身份证件", "业务申请表"]


def test_what_the_window_or_a_department_can_get_never_blocks() -> None:
    """少跑腿: a material that nobody is sent for may always follow."""
    ours = {words.ObtainedBy.WINDOW, words.ObtainedBy.SHARED}
    assert not ItemMaterial.objects.filter(obtained_by__in=ours, may_follow=False).exists()


def test_a_changed_checklist_is_a_new_version(edited: Path) -> None:
    before = selectors.version()
    rewrite(edited / "checklists.csv", "YL06,户口簿,复印件,本人,是,核对出生日期用\n", "")
    assert load_catalogue() == before + 1
    assert "户口簿" not in {m.name for m in selectors.materials("YL06")}


def test_a_material_of_an_unknown_item_loads_nothing(edited: Path) -> None:
    rewrite(edited / "checklists.csv", "YL06,户口簿", "XX99,户口簿")
    with pytest.raises(IntegrityError):
        load_and_check()
    assert "户口簿" in {m.name for m in selectors.materials("YL06")}


def test_reading_twice_asks_the_database_once() -> None:
    selectors.items()
    with CaptureQueriesContext(connection) as queries:
        selectors.items()
        selectors.item("YL10")
        selectors.cause_choices()
    assert not [query for query in queries if "catalogue_" in query["sql"]]


def test_a_department_is_named_by_its_short_word() -> None:
    assert [department_name(code) for code in ("SB", "SW", "??")] == ["社保", "税务", "??"]


def test_command_load_says_what_stands() -> None:
    out = io.StringIO()
    call_command("catalogue", "load", stdout=out)
    assert "事项 50 项，根因 21 项，应备材料 227 条" in out.getvalue()


def test_command_list_shows_items_and_causes() -> None:
    out = io.StringIO()
    call_command("catalogue", "list", stdout=out)
    assert "YL10 遗属待遇（丧葬补助金、抚恤金）（职工养老，社保，法定 15 个工作日）" in out.getvalue()
    assert "C12 流程互为前置（死循环）" in out.getvalue()


@pytest.mark.parametrize(
    ("choices", "labels"),
    [
        (words.Kind, ["急事", "难事", "新事"]),
        (words.Mode, ["常规办理", "加急办理", "特事特办", "统筹协调"]),
        (words.ReporterKind, ["群众", "企业", "单位"]),
        (words.Outcome, ["已办成", "部分办成", "依法不能办（已释明）", "转法定渠道", "反映人撤回"]),
        (words.Purpose, ["求助", "投诉", "咨询", "建议"]),
    ],
)
def test_screens_use_the_official_words(choices: type[words.Kind], labels: list[str]) -> None:
    assert choices.labels == labels
