"""How a refusal or failure is told: as a page, or under /api/ as problem details (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

PROBLEM_TYPE = "application/problem+json"
API = "/api/"
WORDS: dict[int, tuple[str, str]] = {
    400: ("请求有误", "浏览器发来的内容无法识别。请返回上一页重新操作。"),
    403: ("没有权限", "您的岗位不能打开这一页。如工作需要，请联系窗口负责人或平台管理员。"),
    404: ("没有找到", "这个地址下没有内容，或者您无权查看。请核对地址，或从首页重新进入。"),
    405: ("不能这样打开", "这个地址只用来提交表单，不能直接打开。请返回上一页重新操作。"),
    409: ("未能办理", "情况已有变化。请返回上一页刷新后再操作。"),
    422: ("填写有误", "请返回上一页，修改后重新提交。"),
    500: ("系统出错", "这一步没有完成，已填的内容未被改动。请稍后重试；多次出现请联系平台管理员。"),
    503: ("暂时无法使用", "系统正在维护或尚未就绪。请稍后重试。"),
}
_API_TITLES = {
    401: "请先登录",
    406: "不提供这种格式",
    413: "内容太长",
    415: "不接受这种内容类型",
    429: "请求太多",
}


def answer(request: HttpRequest, status: int, message: str = "", *, code: str = "") -> HttpResponse:
    """The page or the problem for this status. Asks no database, so it works when nothing else does."""
    title, usual = WORDS.get(status, WORDS[400])
    if request.path.startswith(API):
        return problem(request, status, message or usual, code=code)
    page = render_to_string("web/error.html", {"status": status, "error": title, "message": message or usual})
    return HttpResponse(page, status=status)


def title(status: int) -> str:
    """The status in two or three words, the same on a page and in a problem."""
    return WORDS[status][0] if status in WORDS else _API_TITLES.get(status, HTTPStatus(status).phrase)


def body(request: HttpRequest, status: int, detail: str, *, code: str = "", **members: Any) -> dict[str, Any]:
    """The members of a problem details object; `code` is the stable name of the reason for programs."""
    return {
        "type": "about:blank",
        "title": title(status),
        "status": status,
        "detail": detail,
        "instance": request.path,
        "code": code or HTTPStatus(status).phrase.lower().replace(" ", "_"),
        **members,
    }


def problem(
    request: HttpRequest, status: int, detail: str, *, code: str = "", **members: Any
) -> HttpResponse:
    """A problem details response outside of the API framework."""
    content = body(request, status, detail, code=code, **members)
    return JsonResponse(
        content, status=status, content_type=PROBLEM_TYPE, json_dumps_params={"ensure_ascii": False}
    )
