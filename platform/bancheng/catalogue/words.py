"""The choices that all apps share: what is stored, and the word that stands on the screen."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """Why it did not get done the ordinary way."""

    URGENT = "urgent", "急事"
    HARD = "hard", "难事"
    NOVEL = "novel", "新事"


class Mode(TextChoices):
    """How we take it on."""

    ROUTINE = "routine", "常规办理"
    EXPEDITE = "expedite", "加急办理"
    SPECIAL = "special", "特事特办"
    COORDINATE = "coordinate", "统筹协调"


class Urgency(TextChoices):
    """How soon it hurts, as the reporter sees it at the counter; the due date follows from level and mode."""

    ORDINARY = "ordinary", "一般"
    PRESSING = "pressing", "紧急"
    CRITICAL = "critical", "特急"


class ReporterKind(TextChoices):
    PERSON = "person", "群众"
    ENTERPRISE = "enterprise", "企业"
    INSTITUTION = "institution", "单位"


class Capacity(TextChoices):
    """In what capacity somebody came: for themselves, or for a person who cannot."""

    SELF = "self", "本人"
    AGENT = "agent", "委托代办人"
    GUARDIAN = "guardian", "监护人"
    HEIR = "heir", "继承人或遗属"


class Channel(TextChoices):
    """How word came in, or went out."""

    COUNTER = "counter", "窗口"
    PHONE = "phone", "电话"
    ONLINE = "online", "网上"
    LETTER = "letter", "来信"
    HOTLINE = "hotline", "12345热线"
    VISIT = "visit", "走访"
    REFERRAL = "referral", "转办"
    SMS = "sms", "短信"


class Outcome(TextChoices):
    """How it ended; not a state."""

    DONE = "done", "已办成"
    PARTLY = "partly", "部分办成"
    REFUSED = "refused", "依法不能办（已释明）"
    STATUTORY = "statutory", "转法定渠道"
    WITHDRAWN = "withdrawn", "反映人撤回"


class Vulnerability(TextChoices):
    """What the window should be considerate of; several may be true of one reporter."""

    ELDERLY = "elderly", "高龄"
    BEREAVED = "bereaved", "失独"
    SEVERE_ILLNESS = "severe_illness", "重病"
    DISABLED = "disabled", "残疾"
    MENTAL = "mental", "精神障碍"
    LOW_INCOME = "low_income", "低保"
    VETERAN = "veteran", "退役军人"
    MIGRANT = "migrant", "外出务工"
    MINOR = "minor", "未成年人"
    ALONE = "alone", "独居"


class DeclineReason(TextChoices):
    """The grounds on which a matter may be declined; each needs a text and the channel that remains open."""

    NOT_OURS = "not_ours", "不属于社会保障经办职责范围"
    LITIGATION = "litigation", "已进入或应当通过诉讼、仲裁、行政复议等法定途径解决"
    PETITION = "petition", "已由信访渠道受理或已作出终结意见"
    DISCIPLINE = "discipline", "属于纪检监察受理范围"
    DUPLICATE = "duplicate", "同一事项正在办理或已办结且无新情况"
    NO_FACTS = "no_facts", "无具体事实且无法联系反映人"


class MaterialKind(TextChoices):
    """In what form a material is asked for."""

    ORIGINAL = "original", "原件"
    COPY = "copy", "复印件"
    FORM = "form", "表格"


class ObtainedBy(TextChoices):
    """Who gets a material: what the window or another department can get, nobody is sent for."""

    SELF = "self", "本人"
    EMPLOYER = "employer", "单位"
    WINDOW = "window", "窗口代查"
    SHARED = "shared", "部门共享"


class Purpose(TextChoices):
    """What the reporter came for."""

    REQUEST = "request", "求助"
    COMPLAINT = "complaint", "投诉"
    CONSULT = "consult", "咨询"
    SUGGESTION = "suggestion", "建议"
