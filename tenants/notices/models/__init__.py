"""What staff are told, and what the clock has already done to a matter."""

from tenants.notices.models.ladder import LadderStep
from tenants.notices.models.notices import Digest, Notice

__all__ = ["Digest", "LadderStep", "Notice"]
