"""What the views of this API ask of a request."""

from datetime import date

from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from teams.organisation import today


def day_of(request: Request) -> date:
    """Return the day that the address asks for, else today. Raises: ValidationError."""
    text = request.query_params.get("on", "")
    try:
        return date.fromisoformat(text) if text else today(timezone.now())
    except ValueError:
        raise ValidationError({"on": ["A day is written like 2026-04-13."]}) from None
