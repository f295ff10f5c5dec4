"""What people may say to know about of the catalogue and of mandates: families and clauses."""

from mandates.engine.metrics import METRICS
from mandates.models import Product
from mandates.phrases import metric_label
from teams import competences
from teams.models import Competence


def families() -> dict[str, str]:
    """Return every family with its ancestors, by path."""
    paths = set(Product.objects.filter(is_active=True).values_list("family", flat=True).distinct())
    found = {
        "/".join(parts[: depth + 1]) for parts in (path.split("/") for path in paths) for depth in range(len(parts))
    }
    return {path: path for path in sorted(found) if path}


def clauses() -> dict[str, str]:
    """Return what a mandate may limit, by metric."""
    return {metric: metric_label(metric) for metric in METRICS}


def register() -> None:
    """Offer them where people say what they know about."""
    competences.offers[Competence.Kind.FAMILY] = families
    competences.offers[Competence.Kind.CLAUSE] = clauses
