"""Where the inbox asks for the preview of one of its entries."""

from django import template
from django.urls import reverse

register = template.Library()


@register.simple_tag
def preview_url(preview: str) -> str:
    """Return the address of a preview that is named as `case:5`."""
    kind, _colon, identifier = preview.partition(":")
    return reverse("approvals:preview", args=[kind, identifier])
