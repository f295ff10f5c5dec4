"""Who does what in the demo company beside its teams; the rest stands in the files of `files/` and `mandates/`."""

from pathlib import Path

FOLDER = Path(__file__).parent
ORGANISATION = "Lindemeer Systems"
DOMAIN = "lindemeer.example"

# The name before the @, the person's name, and what to try as this person.
SIGN_INS: list[tuple[str, str, str]] = [
    ("jonas", "Jonas Peeters", "member of Public sector: enter a deal, hear an instant yes"),
    ("sofie", "Sofie Wouters", "member of Public sector: a colleague waits for your consent"),
    ("marieke", "Marieke Claes", "account lead of Public sector"),
    ("bram", "Bram de Vries", "account lead of Enterprise"),
    ("anouk", "Anouk Jansen", "member of Enterprise: answer a colleague's objection"),
    ("luc", "Luc Hoffmann", "member of Enterprise"),
    ("elise", "Élise Dubois", "account lead of Regional business, the only one there who sees cost"),
    ("pieter", "Pieter Bakker", "member of Regional business: sells without seeing cost"),
    ("nora", "Nora Weber", "member of Regional business"),
    ("hilde", "Hilde Maes", "coach of two teams: sees and advises, has no veto"),
    ("karel", "Karel Smit", "chair of the deal desk: cases wait for a vote"),
    ("ines", "Inès Laurent", "deal desk, and chair of finance"),
    ("wim", "Wim Aerts", "deal desk"),
    ("dirk", "Dirk Schmit", "finance"),
    ("charlotte", "Charlotte Van Damme", "executive: a mandate waits to be granted"),
    ("ruben", "Ruben Visser", "mandate administrator: writes the limits"),
    ("greta", "Greta Thill", "auditor: reads the journal"),
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
