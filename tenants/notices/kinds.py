"""Every kind of notice on one page: its word, its tone, and the one sentence that it says.

A sentence knows the number of what it is about and nothing else, so nothing personal can get into it.
"""

from django.db import models


class NoticeKind(models.TextChoices):
    """What somebody is told about a matter or a problem; the word is the one that the list is filtered by."""

    # The clock
    DUE_SOON = "due_soon", "临期"
    OVERDUE = "overdue", "超期"
    SIGN_DUE = "sign_due", "待签收"
    FIRST_CONTACT = "first_contact", "首次联系"
    PROGRESS = "progress", "进展告知"
    REMINDED = "reminded", "催办"
    SUPERVISED = "supervised", "督办"
    SUPERVISION_DUE = "supervision_due", "督办反馈到期"
    TAKEN_OVER = "taken_over", "包案"
    CITY_NOTICE = "city_notice", "通报"
    ESCALATED = "escalated", "提级"
    INSTRUCTED = "instructed", "批示"
    CHASED = "chased", "转办催办"
    # Between centres: what the home centre hears
    UNSIGNED_AWAY = "unsigned_away", "转办未签收"
    CONTACT_DUE = "contact_due", "约定联系日"
    REFERRAL_ASKED = "referral_asked", "转办要求补正"
    MATERIAL_DUE = "material_due", "转办补正到期"
    REFERRAL_ANSWERED = "referral_answered", "转办反馈"
    REFERRAL_RETURNED = "referral_returned", "转办退回"
    RECALL_FAILED = "recall_failed", "撤回未成"
    REFERRAL_ESCALATED = "referral_escalated", "提请协调"
    DESIGNATED = "designated", "指定承办"
    NOT_CARRIED_OUT = "not_carried_out", "指定未执行"
    URGED = "urged", "协调员催办"
    # Between centres: what the receiver hears of its own matter
    CHASED_BY_HOME = "chased_by_home", "对方催办"
    ESCALATED_BY_HOME = "escalated_by_home", "对方提请协调"
    MATERIAL_GIVEN = "material_given", "对方补正"
    REDIRECTED_AWAY = "redirected_away", "改派他处"
    CONSENT_ENDED = "consent_ended", "随转同意撤回"
    TELL_BY_LETTER = "tell_by_letter", "随函同意撤回"
    # Casework
    MATERIAL_SUPPLIED = "material_supplied", "反映人补交材料"
    FOLLOW_OVERDUE = "follow_overdue", "容缺到期"
    # Several hands
    REASSIGNED = "reassigned", "改派"
    SUPPORT_ASKED = "support_asked", "请协办"
    SUPPORT_DUE = "support_due", "协办到期"
    SUPPORT_ANSWERED = "support_answered", "协办已答复"
    MEETING = "meeting", "会商"
    CIRCLE = "circle", "死循环"
    # After the reply
    CALLBACK_DUE = "callback_due", "待回访"
    RATED_LOW = "rated_low", "低分评价"
    RECTIFY_DUE = "rectify_due", "整改到期"
    RETROSPECT = "retrospect", "待复盘"
    # The reporter on the own page
    REPORTER_WROTE = "reporter_wrote", "反映人留言"
    REPORTER_REOPENED = "reporter_reopened", "反映人要求重办"
    REPORTER_WITHDREW = "reporter_withdrew", "反映人撤回"
    # Problems
    PROBLEM_PROPOSED = "problem_proposed", "待立项"
    PROBLEM_RETURNED = "problem_returned", "重新立项"
    PROBLEM_WATCHED = "problem_watched", "跟踪结果"
    MEASURE_SET = "measure_set", "措施交办"
    MEASURE_DUE = "measure_due", "措施到期"
    ZERO_REPORT_DUE = "zero_report_due", "零报告待报"
    # Precedents
    PRECEDENT_SUBMITTED = "precedent_submitted", "先例送审"
    PRECEDENT_SENT_BACK = "precedent_sent_back", "先例退回"
    PRECEDENT_PUBLISHED = "precedent_published", "先例发布"
    PRECEDENT_EXPIRING = "precedent_expiring", "先例到期"


RED, AMBER, BLUE, GREEN = "red", "amber", "blue", "green"

_K = NoticeKind
TOLD: dict[str, tuple[str, str]] = {
    _K.DUE_SOON: (AMBER, "反映件{number}即将到期，请抓紧办理。"),
    _K.OVERDUE: (RED, "反映件{number}已过办理期限，请立即办理。"),
    _K.SIGN_DUE: (AMBER, "反映件{number}已过签收期限，还没有签收，请尽快签收。"),
    _K.FIRST_CONTACT: (AMBER, "反映件{number}受理后还没有联系反映人，请尽快联系。"),
    _K.PROGRESS: (AMBER, "反映件{number}应向反映人告知进展的期限已到，请联系反映人。"),
    _K.REMINDED: (RED, "催办：反映件{number}已超过办理期限，请督促办理。"),
    _K.SUPERVISED: (RED, "督办：反映件{number}已下达督办单，请按期反馈。"),
    _K.SUPERVISION_DUE: (RED, "反映件{number}的督办单已到反馈期限，还没有解除，请跟进。"),
    _K.TAKEN_OVER: (RED, "包案：反映件{number}已由中心主任包案。"),
    _K.CITY_NOTICE: (RED, "通报：反映件{number}超期已满10个工作日，已列入全市通报。"),
    _K.ESCALATED: (RED, "提级：反映件{number}已提级，请领导协调解决。"),
    _K.INSTRUCTED: (AMBER, "反映件{number}有新的批示，请按批示办理。"),
    _K.CHASED: (AMBER, "反映件{number}转出后已有5个工作日没有回音，已自动催办，请联系对方。"),
    _K.CONTACT_DUE: (AMBER, "反映件{number}约定今天再联系收函单位，请联系并记录。"),
    _K.UNSIGNED_AWAY: (AMBER, "反映件{number}转出后对方逾期没有签收，已自动催办，请联系对方。"),
    _K.REFERRAL_ASKED: (AMBER, "反映件{number}的承办单位要求补正材料，请按期补正。"),
    _K.MATERIAL_DUE: (RED, "反映件{number}的承办单位要求的补正已到期，还没有补正，请尽快补正。"),
    _K.REFERRAL_ANSWERED: (BLUE, "反映件{number}的承办单位已办结反馈，请确认。"),
    _K.REFERRAL_RETURNED: (AMBER, "反映件{number}转出后被退回，请查看理由并决定下一步。"),
    _K.RECALL_FAILED: (AMBER, "反映件{number}没有撤回：对方签收在先，由对方继续办理。"),
    _K.REFERRAL_ESCALATED: (RED, "反映件{number}两次催办后仍没有回音，已自动提请市级协调员协调。"),
    _K.DESIGNATED: (RED, "反映件{number}已由市级协调员决定承办单位，请查看。"),
    _K.NOT_CARRIED_OUT: (AMBER, "市级协调员对反映件{number}的决定没有执行：此件已有变化，请查看。"),
    _K.URGED: (RED, "市级协调员催办：反映件{number}请抓紧办理。"),
    _K.CHASED_BY_HOME: (RED, "催办：转来单位催办反映件{number}，请抓紧办理并反馈进展。"),
    _K.ESCALATED_BY_HOME: (RED, "转来单位已就反映件{number}提请市级协调员协调，请抓紧办理。"),
    _K.MATERIAL_GIVEN: (BLUE, "反映件{number}的转来单位已补正材料，请接着办理。"),
    _K.REDIRECTED_AWAY: (AMBER, "反映件{number}已由市级协调员改派其他单位，本中心不再办理。"),
    _K.CONSENT_ENDED: (AMBER, "反映件{number}随转材料所依据的同意已撤回，有关文件已停用，不能再使用。"),
    _K.TELL_BY_LETTER: (AMBER, "反映件{number}随函材料所依据的同意已撤回，请告知收函单位停用并销毁。"),
    _K.MATERIAL_SUPPLIED: (BLUE, "反映件{number}的反映人补交了材料，请核对。"),
    _K.FOLLOW_OVERDUE: (AMBER, "反映件{number}有容缺材料到期未补齐，请联系反映人。"),
    _K.REASSIGNED: (BLUE, "反映件{number}已改派由您办理，请查看。"),
    _K.SUPPORT_ASKED: (BLUE, "反映件{number}请您部门协办，请签收并按期答复。"),
    _K.SUPPORT_DUE: (AMBER, "反映件{number}的协办事项已到期，还没有答复，请尽快答复。"),
    _K.SUPPORT_ANSWERED: (BLUE, "反映件{number}的协办单位已答复，请查看。"),
    _K.MEETING: (BLUE, "反映件{number}将召开会商，请查看时间和议题。"),
    _K.CIRCLE: (RED, "反映件{number}的前置条件互相等待，形成死循环，请协调。"),
    _K.CALLBACK_DUE: (AMBER, "反映件{number}的回访期限已到，还没有完成回访，请回访。"),
    _K.RATED_LOW: (RED, "反映件{number}收到不满意评价，请在期限内整改。"),
    _K.RECTIFY_DUE: (RED, "反映件{number}的整改已到期，还没有反馈，请尽快整改。"),
    _K.RETROSPECT: (BLUE, "反映件{number}办理时间偏长，请组织复盘。"),
    _K.REPORTER_WROTE: (BLUE, "反映件{number}的反映人在查询页补充了情况，请查看。"),
    _K.REPORTER_REOPENED: (AMBER, "反映件{number}的反映人要求重办，请查看。"),
    _K.REPORTER_WITHDREW: (BLUE, "反映件{number}已由反映人撤回。"),
    _K.PROBLEM_PROPOSED: (AMBER, "问题{number}达到立项阈值，请研究是否立项。"),
    _K.PROBLEM_RETURNED: (RED, "问题{number}再次出现，已重新立项，请组织研判。"),
    _K.PROBLEM_WATCHED: (BLUE, "问题{number}的措施成效已评估，请查看。"),
    _K.MEASURE_SET: (BLUE, "问题{number}有一项措施由您负责，请按期落实。"),
    _K.MEASURE_DUE: (RED, "问题{number}有措施已过完成期限，还没有试行，请抓紧落实。"),
    _K.ZERO_REPORT_DUE: (AMBER, "{number}没有登记反映件，请核对后报送零报告。"),
    _K.PRECEDENT_SUBMITTED: (AMBER, "先例稿{number}待审核，请由没有参与起草的人审核。"),
    _K.PRECEDENT_SENT_BACK: (AMBER, "先例稿{number}已退回，请按审核意见修改。"),
    _K.PRECEDENT_PUBLISHED: (GREEN, "先例稿{number}已审核发布。"),
    _K.PRECEDENT_EXPIRING: (AMBER, "先例{number}的有效期将满或已满，请核实政策后续期，或者撤下。"),
}
"""By kind: the tone, and the sentence; a test holds the two lists together."""

PAGES: dict[str, str] = {
    _K.PROBLEM_PROPOSED: "problem",
    _K.PROBLEM_RETURNED: "problem",
    _K.PROBLEM_WATCHED: "problem",
    _K.MEASURE_SET: "problem",
    _K.MEASURE_DUE: "problem",
    _K.PRECEDENT_SUBMITTED: "precedent_draft",
    _K.PRECEDENT_SENT_BACK: "precedent_draft",
    _K.PRECEDENT_PUBLISHED: "precedent_draft",
    _K.PRECEDENT_EXPIRING: "precedent_draft",
}
"""By kind: the name of the page that it leads to, for those that are not about a matter."""

LISTS: dict[str, str] = {_K.ZERO_REPORT_DUE: "zero_reports"}
"""The same for those that lead to a list, whose address names no single thing."""


def tone(kind: str) -> str:
    return TOLD[kind][0]


def sentence(kind: str, number: str) -> str:
    """What is told about the matter or other thing of this number."""
    return TOLD[kind][1].format(number=number)
