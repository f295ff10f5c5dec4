"""Who does what in the demo company beside its teams; the rest stands in the files of `files/` and `mandates/`."""

from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FOLDER = Path(__file__).parent
ORGANISATION = "Lindemeer Systems"
DOMAIN = "lindemeer.example"

# The name before the @, the person's name, and what to try as this person.
SIGN_INS: list[tuple[str, str, Promise]] = [
    ("jonas", "Jonas Peeters", _("Enter a deal and hear an instant yes.")),
    ("sofie", "Sofie Wouters", _("A colleague waits for your consent.")),
    ("marieke", "Marieke Claes", _("Consent to a colleague's deal, and take a declined one further.")),
    ("bram", "Bram de Vries", _("Consent to a deal that another colleague objected to.")),
    ("anouk", "Anouk Jansen", _("Answer a colleague's objection.")),
    ("luc", "Luc Hoffmann", _("See a deal of yours before two committees.")),
    ("elise", "Élise Dubois", _("See what the team's margins are: the others there do not.")),
    ("pieter", "Pieter Bakker", _("Sell without seeing cost.")),
    ("nora", "Nora Weber", _("See a deal that was approved, and its receipt.")),
    ("hilde", "Hilde Maes", _("See two teams' work without a veto.")),
    ("karel", "Karel Smit", _("Vote on what waits for your committee.")),
    ("ines", "Inès Laurent", _("Vote in two committees on the same deal.")),
    ("wim", "Wim Aerts", _("Vote on a case that is late.")),
    ("dirk", "Dirk Schmit", _("Vote as the only colleague whom finance needs.")),
    ("charlotte", "Charlotte Van Damme", _("Grant a mandate that was proposed, after reading what it widens.")),
    ("ruben", "Ruben Visser", _("Write the limits of a mandate in a table.")),
    ("greta", "Greta Thill", _("Read the journal and verify it.")),
]

# Code, name, rule, approvals needed, quorum, answer time in hours, seats with the chair first.
COMMITTEES: list[tuple[str, str, str, int, int, int, list[str]]] = [
    ("deal-desk", "Deal desk", "majority", 1, 2, 8, ["karel", "ines", "wim"]),
    ("finance", "Finance", "number", 1, 1, 16, ["ines", "dirk"]),
]

ROLES: list[tuple[str, str]] = [
    ("charlotte", "executive"),
    ("ruben", "mandate_administrator"),
    ("greta", "auditor"),
]

MANDATE_NAMES: dict[str, str] = {
    "public": "Public sector mandate",
    "enterprise": "Enterprise mandate",
    "regional": "Regional mandate",
}

# Units per euro, roughly; a demo needs no more.
RATES: dict[str, str] = {"USD": "1.1320", "GBP": "0.8610", "CHF": "0.9340"}
