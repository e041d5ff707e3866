"""Real cases, told as steps that any deployment can play: people of the right role, the real acts."""

from collections.abc import Callable

from tenants.demo.stories import s1, s2, s3, s4, s5, s6, variations
from tenants.demo.stories.stage import Script

STORIES: dict[str, tuple[str, str, Callable[[], Script]]] = {
    "S1": (s1.TITLE, s1.CENTRE, s1.script),
    "S2": (s2.TITLE, s2.CENTRE, s2.script),
    "S3": (s3.TITLE, s3.CENTRE, s3.script),
    "S4": (s4.TITLE, s4.CENTRE, s4.script),
    "S5": (s5.TITLE, s5.CENTRE, s5.script),
    "S6": (s6.TITLE, s6.CENTRE, s6.script),
    "V1": (variations.NO_PHONE, variations.CENTRE, variations.no_phone),
    "V2": (variations.ENTERPRISE, variations.CENTRE, variations.enterprise),
    "V3": (variations.MINOR, variations.CENTRE, variations.minor),
}
"""By name: the title, the centre that plays it unless another is named, and the steps."""

ELECTRONIC: dict[str, tuple[str, str, Callable[[], Script]]] = {
    "S1": (s1.ELECTRONIC_TITLE, s1.CENTRE, s1.electronic),
}
"""The same without a letter: a step that names a centre is taken in that one's own deployment."""
