"""What of a text leads to a person: examples that must be found, policy text that must pass, random texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bancheng.privacy.traces import Known, find, sentences

PLAIN = [
    "张家口市社保局按国发〔2005〕38号、冀社险函〔2026〕112号办理，2026年3月由省级机构核定。",
    "《中华人民共和国社会保险法》第十七条规定，自2025年1月1日起施行。",
    "2024年9月13日全国人民代表大会常务委员会通过《决定》，渐进式延迟法定退休年龄。",
    "参保关系在省级经办机构的，由市窗口函商省级机构，五个工作日内回复；每月15日前发放。",
    "反映人独子生前在省属单位工作，丧葬补助金和抚恤金的核定层级不清。",
    "失独老人跑动6次，历时13个月，问过三处。由中心主任包案，窗口负责人和社保经办同志一起办。",
    "社会保险法第十四条、军人保险法；计发基数7000元，一次性补发1234567元。",
    "石家庄市、江西省、张北县、康保县的参保人员按此办理；单位职工高度重视，职工安置方案。",
    "老人行动不便，村社协助，乡镇和行政村代办，所在小区的社区工作人员上门。",
    "联系社区三组织走访。职工档案、老人申请、患者康复后再认定，负责人签字。",
    "窗口第2组织材料；第三方；十二个月；第一百二十条；热线12345、12333。",
    "遗属待遇（跨层级、无先例）：经转办函商省级机构办成。",
    "各县区同志按照本指引办理，管理人员和成员单位同志共同研究。",
    "反映人反映，老伴去世后养老金停发；反映人向社保局申请，单位称档案遗失。",
    "主任包案、科长带队，居民养老保险，职工养老保险，村民委员会出具证明。",
    "原单位改制，张家口某国有企业职工，属某县管理；向某单位发函，任某职务。",
    "社区、村（居）委会出具证明，街道办事处1号窗口，城镇职工，乡镇村两级。",
    "老人表示满意；职工和居民两类；患者家属；死者生前单位；申请人因病；监护人和村委会一起；反映人已签收。",
    "农村信用社第3个工作日到账；参保人因公出国；老人安葬后申请；经办人解释政策；联系人名单。",
    "申请人于2026年3月提出；代办人凭授权；负责人高度重视；主任文件；反映人马上签字。",
]

PERSONAL = [
    ("反映人王建国于三月来窗口", "王建国"),
    ("李守田反映儿子去世", "李守田"),
    ("姓名：欧阳示例", "欧阳示例"),
    ("他叫买买提，不识字", "买买提"),
    ("张某某的抚恤金", "张某某"),
    ("王先生来电", "王先生"),
    ("刘大妈说", "刘大妈"),
    ("老张反映待遇", "老张"),
    ("其子李小明生前在厂里", "李小明"),
    ("儿子张伟去世后", "张伟"),
    ("由经办人孙丽丽联系", "孙丽丽"),
    ("法定代表人周强，", "周强"),
    ("王建国同志", "王建国同志"),
    ("陈师傅介绍", "陈师傅"),
    ("找王建国同志核对", "王建国同志"),
    ("电话13800001234", "13800001234"),
    ("电话１３８００００１２３４", "１３８００００１２３４"),
    ("身份证130722196003071233", "130722196003071233"),
    ("身份证13072219600307123X。", "13072219600307123X"),
    ("卡号6217 0000 0000 1234", "6217 0000 0000 1234"),
    ("座机0313-2012345", "0313-2012345"),
    ("到账账户尾号0912", "尾号0912"),
    ("编号20261234567", "20261234567"),
    ("档案1234567号", "1234567"),
    ("见张社反〔2026〕0007号", "社反〔2026〕0007号"),
    ("见BF130700-2026-000007", "BF130700-2026-000007"),
    ("邮箱a.b@example.com", "a.b@example.com"),
    ("2026年3月5日来窗口", "2026年3月5日"),
    ("２０２６年３月５日来窗口", "２０２６年３月５日"),
    ("二〇二六年三月五日到账", "二〇二六年三月五日"),
    ("3月5日去世", "3月5日"),
    ("2026-03-05", "2026-03-05"),
    ("家住桥东区胜利北路12号", "家住桥东区胜利北路12号"),
    ("示例镇示例村1号", "示例镇示例村1号"),
    ("赵家村三组", "赵家村三组"),
    ("住在幸福小区", "住在幸福小区"),
    ("3号楼2单元", "3号楼"),
    ("洋河南镇西红庙村", "洋河南镇西红庙村"),
]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_policy_text_passes(text: str) -> None:
    assert [trace.text for trace in find(text)] == []


@pytest.mark.parametrize(("text", "trace"), PERSONAL)
def test_what_looks_personal_is_found_where_it_stands(text: str, trace: str) -> None:
    first = find(text)[0]
    assert (first.text, text[first.start : first.end]) == (trace, trace)


def test_what_is_known_of_somebody_is_found_for_sure_and_called_by_its_name() -> None:
    known = [Known("示例铸造厂", "单位名称"), Known("买合苏提", "反映人姓名")]
    assert sentences("买 合·苏提在示例铸造厂工作过", known) == [
        "“买 合·苏提”是此件的反映人姓名，请删去。",
        "“示例铸造厂”是此件的单位名称，请删去。",
    ]


def test_a_known_number_is_not_found_inside_a_longer_one() -> None:
    assert find("计发7000120元", [Known("0001", "账号末四位")]) == []


def test_a_place_is_said_once_however_many_rules_it_breaks() -> None:
    assert len(find("张伟先生", [Known("张伟", "反映人姓名")])) == 1


def test_the_same_word_twice_is_one_sentence() -> None:
    assert len(sentences("13800001234，13800001234")) == 1


HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)


@given(
    before=st.text(HAN, max_size=20),
    name=st.text(HAN, min_size=2, max_size=5),
    after=st.text(HAN, max_size=20),
    gap=st.sampled_from(["", " ", "·", "　"]),
)
def test_a_known_name_is_found_in_any_text(before: str, name: str, after: str, gap: str) -> None:
    text = before + gap.join(name) + after
    said = "是此件的反映人姓名，请删去。"
    assert any(found.sentence.endswith(said) for found in find(text, [Known(name, "反映人姓名")]))


@given(before=st.text(HAN, max_size=20), number=st.from_regex(r"\A1[3-9][0-9]{9}\Z"), after=st.text(HAN))
def test_a_telephone_number_is_found_in_any_text(before: str, number: str, after: str) -> None:
    assert any(found.text == number for found in find(before + number + after))


@given(st.text())
def test_any_text_is_read_and_places_neither_overlap_nor_run_out(text: str) -> None:
    ends = 0
    for trace in find(text, [Known("甲乙", "姓名"), Known("", "电话")]):
        assert ends <= trace.start < trace.end <= len(text)
        assert trace.text == text[trace.start : trace.end]
        ends = trace.end
