"""Real cases, told as steps that any deployment can play: people of the right role, the real acts."""

from collections.abc import Callable

from tenants.demo.stories import s1, s3, s6
from tenants.demo.stories.stage import Script

STORIES: dict[str, tuple[str, str, Callable[[], Script]]] = {
    "S1": (s1.TITLE, s1.CENTRE, s1.script),
    "S3": (s3.TITLE, s3.CENTRE, s3.script),
    "S6": (s6.TITLE, s6.CENTRE, s6.script),
}
"""By name: the title, the centre that plays it unless another is named, and the steps."""
