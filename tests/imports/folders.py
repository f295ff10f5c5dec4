"""A small sound import, and ways to spoil it."""

from pathlib import Path

SOUND = {
    "teams.csv": "code,name,group\nnorth,North,Benelux\n",
    "members.csv": (
        "team,email,name,role\nnorth,an@example.com,An Peeters,lead\nnorth,Bo@example.com,Bo Maes,member\n"
    ),
    "customers.csv": "reference,name,team,contact,segment,country\nC-1,Delta,north,an@example.com,public,BE\n",
    "products.csv": (
        "code,name,family,charge,currency,list_price,unit_cost\n"
        "SW,Switch,network/switches,one_off,EUR,1200,610.5\n"
        "CARE,Care,services/care,monthly,EUR,40,\n"
    ),
    "deals.csv": (
        "reference,team,customer,submitted_by,kind,channel,currency,term_months,payment_days,submitted_on,result,closed_on\n"
        "H-1,north,C-1,an@example.com,new,,EUR,12,30,2026-01-10,won,2026-02-01\n"
        "H-2,north,C-1,bo@example.com,renewal,partner,EUR,0,45,2026-03-10,,\n"
    ),
    "lines.csv": (
        "deal,line,product,quantity,list_price,unit_cost,unit_price\n"
        "H-2,1,SW,1,1200,610.5,1100\n"
        "H-1,2,CARE,2,40,,36.5\n"
        "H-1,1,SW,4,1200,610.5,1044\n"
    ),
}


def write_folder(folder: Path, **replaced: str) -> Path:
    """The sound files in `folder`; `deals="…"` replaces the whole of deals.csv."""
    for name, text in SOUND.items():
        (folder / name).write_text(replaced.get(name.removesuffix(".csv"), text), encoding="utf-8")
    return folder


def spoiled(name: str, old: str, new: str) -> dict[str, str]:
    """One sound file with one passage replaced, as `write_folder` takes it."""
    text = SOUND[f"{name}.csv"]
    assert text.count(old) == 1, (name, old)
    return {name: text.replace(old, new)}
