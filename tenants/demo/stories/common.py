"""What stories have in common: a letter and what is heard of it, the result told, the reporter asked."""

from bancheng.catalogue.words import Channel
from bancheng.identity.roles import Role
from tenants.demo.stories.stage import Script, Step


def told(title: str, text: str, *, after: int = 0) -> Step:
    """A word to the reporter by telephone."""
    return Step(
        title,
        "contact",
        Role.WINDOW_CLERK,
        data={"channel": Channel.PHONE, "reached": "true", "text": text},
        after=after,
    )


def asked(
    title: str, way: str, person: str, content: str, *, signed_for: bool = False, after: int = 0
) -> Step:
    """A contact with an office that is reached by letter."""
    data = {"way": way, "person": person, "content": content}
    return Step(
        title,
        "referral.log_contact",
        Role.WINDOW_CLERK,
        data=data | ({"signed_for": "on"} if signed_for else {}),
        after=after,
    )


def answered(*, done: str, basis: str, channel: Channel = Channel.PHONE, trips_after: int = 0) -> Script:
    """The reply, and on the next working day the callback: reached, solved, satisfied."""
    yield Step(
        "答复反映人：办了什么、依据、如何评价、如有异议找谁",
        "reply",
        Role.WINDOW_CLERK,
        data={
            "done": f"{done}。",
            "basis": basis,
            "remaining": "您不需要再办任何手续。",
            "channel": channel,
            "reached": "本人",
        },
    )
    yield Step(
        "回访：已解决，满意",
        "call_back",
        Role.CALLER,
        data={
            "reached": "true",
            "solved": "true",
            "satisfied": "true",
            "trips_after": trips_after,
            "blocked_again": "false",
            "note": "反映人说事情办成了，没有再受阻。",
        },
        after=1,
    )
