"""What is answered about accounts."""

from __future__ import annotations

from wtforms import SelectMultipleField

from companion.core.forms import CreatingForm
from companion.core.text import strip_forbidden


def _ids(field: SelectMultipleField) -> set[str]:
    return {strip_forbidden(one) for one in field.data or []}


class CheckForm(CreatingForm):
    """Ticks of one page: which persons are in post, which have left; the rest wait on."""

    # The rows may have been answered by a colleague since: what counts is whom one answers for.
    present = SelectMultipleField("在職している", choices=[], validate_choice=False)
    left = SelectMultipleField("異動・退職した", choices=[], validate_choice=False)

    @property
    def confirmed(self) -> set[str]:
        """The public ids of those in post."""
        return _ids(self.present)

    @property
    def gone(self) -> set[str]:
        """The public ids of those who have left."""
        return _ids(self.left)
