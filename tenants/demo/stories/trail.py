"""Where a story has got to: its matter at each centre and its referrals, found from the one it began with."""

from dataclasses import dataclass
from uuid import UUID

from bancheng.centres.scope import in_centre
from tenants.matters.models import Matter
from tenants.referrals.models import Counterpart, Direction, Referral
from tenants.referrals.workflow import STEPS


@dataclass(frozen=True)
class Leg:
    """One referral on the way: from which centre to which unit, and the unit's own matter once it signed."""

    referral_id: UUID
    source: str
    target: str
    matter_id: UUID | None = None


@dataclass
class Trail:
    """A story's matter at its home, and what can be followed from there through the centres that are here."""

    home: str
    consultation_id: UUID | None = None
    matter_id: UUID | None = None

    def legs(self) -> list[Leg]:
        """Every referral of the story, each centre's in the order of their drafting, home's first."""
        found: list[Leg] = []
        waiting = [(self.home, self.matter_id)] if self.matter_id else []
        while waiting:
            centre, matter_id = waiting.pop(0)
            with in_centre(centre):
                sent = list(
                    Referral.objects.filter(matter_id=matter_id, direction=Direction.SENT)
                    .order_by("created_at", "id")
                    .values_list("pk", "unit_code", "counterpart")
                )
            for referral_id, unit, way in sent:
                theirs = _matter_of(referral_id, unit) if way == Counterpart.CENTRE else None
                found.append(Leg(referral_id, centre, unit, theirs))
                if theirs:
                    waiting.append((unit, theirs))
        return found

    def matter_at(self, centre: str) -> UUID:
        """The centre's own matter in this story. Raises RuntimeError while there is none."""
        if centre == self.home:
            ours = self.matter_id
        else:
            ours = next((leg.matter_id for leg in reversed(self.legs()) if leg.target == centre), None)
        if ours is None:
            raise RuntimeError(f"the story has no matter at {centre} yet")
        return ours

    def referral_at(self, centre: str, step: str = "") -> UUID:
        """The referral that `step` is taken on in this centre: the last it sent, or the last it was sent.

        Without a step whichever of them came last. Raises RuntimeError while there is none.
        """
        side = STEPS[step].side if step else None
        for leg in reversed(self.legs()):
            ours = (leg.source, Direction.SENT), (leg.target, Direction.RECEIVED)
            if any(place == centre and side in (None, way) for place, way in ours):
                return leg.referral_id
        raise RuntimeError(f"the story has no referral at {centre} yet")


def _matter_of(referral_id: UUID, centre: str) -> UUID | None:
    with in_centre(centre):
        return Matter.objects.filter(origin_referral=referral_id).values_list("pk", flat=True).first()
