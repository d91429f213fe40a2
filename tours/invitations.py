"""To what the visits invite somebody who is not looking for a visit yet."""

from tours.models import Experience

PICKING = "picking"


def to_the_vines() -> Experience | None:
    """The visit among the rows: the one drawn as picking if there is one, else the first outdoors."""
    outdoors = Experience.objects.filter(is_on_sale=True, is_outdoor=True).order_by("position", "code")
    return min(outdoors, key=lambda experience: experience.drawing != PICKING, default=None)
