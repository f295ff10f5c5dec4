"""Writing a checked import: what is new is added, what differs is changed, what is the same is left alone."""

from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from approvals.imports.batches import Ledger, Report
from approvals.imports.deals import DealWriter
from approvals.imports.sheets import Row
from approvals.imports.staging import Progress, Staged, stage
from approvals.models import ImportBatch
from journal.record import record
from mandates.models import Price, Product
from teams.models import Customer, CustomerTeam, Membership, Team, User
from teams.organisation import today


class _DryRun(Exception):
    """Ends the transaction of a dry run so that nothing of it stays."""


def import_folder(*, folder: Path, by: User | None, at: datetime, dry_run: bool, progress: Progress) -> Report:
    """Import the six files of `folder` in one transaction, or name every fault and write nothing.

    Repeating an import changes nothing and leaves no batch. A dry run does all of it and takes it back.
    """
    staged = stage(folder, progress=progress)
    report = Report(faults=staged.faults, rows_read=staged.rows_read)
    if staged.faults:
        return report
    try:
        with transaction.atomic():
            _write(staged, report, by=by, at=at, progress=progress)
            if dry_run:
                raise _DryRun
    except _DryRun:
        report.batch = None
    finally:
        staged.connection.close()
    return report


def _write(staged: Staged, report: Report, *, by: User | None, at: datetime, progress: Progress) -> None:
    batch = ImportBatch.objects.create(folder=str(staged.folder)[:400], sha256=staged.sha256, at=at, by=by)
    ledger = Ledger(batch, report)
    day = today(at)
    _write_teams(staged, ledger)
    _write_people(staged, ledger, day)
    _write_customers(staged, ledger, day)
    _write_products(staged, ledger, day)
    DealWriter(ledger, at=at, by=by).write(staged, progress)
    ledger.flush()
    if not report.writes:
        batch.delete()
        return
    batch.counts = {"added": report.added, "changed": report.changed}
    batch.save(update_fields=["counts"])
    record(
        "import.finished",
        subject=("import", str(batch.pk)),
        by=by.pk if by else None,
        at=at,
        data={"batch": batch.pk, "sha256": staged.sha256, "added": report.added, "changed": report.changed},
    )
    report.batch = batch


def _update(obj: Team | Customer | Product, values: dict[str, object]) -> bool:
    """Set what differs, with a new edition; True where anything did."""
    differing = {name: value for name, value in values.items() if getattr(obj, name) != value}
    if not differing:
        return False
    for name, value in differing.items():
        setattr(obj, name, value)
    obj.edition += 1
    obj.save(update_fields=[*differing, "edition"])
    return True


def _write_teams(staged: Staged, ledger: Ledger) -> None:
    known = {team.code: team for team in Team.objects.all()}
    for code, row in staged.teams.items():
        values: dict[str, object] = {"name": row.text("name"), "group": row.text("group")}
        if code not in known:
            ledger.added("teams", "team", Team.objects.create(code=code, **values).pk)
        elif _update(known[code], values):
            ledger.changed("teams")


def _write_people(staged: Staged, ledger: Ledger, day: date) -> None:
    teams = {team.code: team for team in Team.objects.all()}
    people = {user.email.lower(): user for user in User.objects.all()}
    open_rows = {
        (row.team_id, row.user_id): row for row in Membership.objects.filter(ended_on__isnull=True).select_related()
    }
    for (code, email), row in staged.members.items():
        if email not in people:
            people[email] = User.objects.create_user(email, row.text("name"))
            ledger.added("people", "user", people[email].pk)
        team, user, role = teams[code], people[email], row.text("role")
        current = open_rows.get((team.pk, user.pk))
        if current and current.role == role:
            continue
        if current:
            _end(current, day)
            ledger.changed("members")
        _make_room_for_lead(team, role, day)
        member = Membership.objects.create(team=team, user=user, role=role, started_on=day)
        if current:
            ledger.remember("membership", member.pk)
        else:
            ledger.added("members", "membership", member.pk)


def _end(row: Membership | CustomerTeam, day: date) -> None:
    row.ended_on = day
    row.save(update_fields=["ended_on"])


def _make_room_for_lead(team: Team, role: str, day: date) -> None:
    if role != Membership.Role.LEAD:
        return
    for lead in Membership.objects.filter(team=team, role=Membership.Role.LEAD, ended_on__isnull=True):
        _end(lead, day)
        Membership.objects.create(team=team, user=lead.user, role=Membership.Role.MEMBER, started_on=day)


def _write_customers(staged: Staged, ledger: Ledger, day: date) -> None:
    teams = dict(Team.objects.values_list("code", "pk"))
    people = {email.lower(): pk for email, pk in User.objects.values_list("email", "pk")}
    known = {customer.reference: customer for customer in Customer.objects.filter(reference__in=staged.customers)}
    looked_after = {row.customer_id: row for row in CustomerTeam.objects.filter(ended_on__isnull=True)}
    for reference, row in staged.customers.items():
        values: dict[str, object] = {
            "name": row.text("name"),
            "segment": row.text("segment"),
            "country": row.text("country"),
        }
        customer = known.get(reference)
        if customer is None:
            customer = Customer.objects.create(reference=reference, **values)
            ledger.added("customers", "customer", customer.pk)
        elif _update(customer, values):
            ledger.changed("customers")
        wanted = (teams[row.text("team")], people[row.text("contact")])
        current = looked_after.get(customer.pk)
        if current and (current.team_id, current.contact_id) == wanted:
            continue
        if current:
            _end(current, day)
            ledger.changed("contacts")
        new = CustomerTeam.objects.create(customer=customer, team_id=wanted[0], contact_id=wanted[1], started_on=day)
        ledger.remember("customerteam", new.pk)


def _write_products(staged: Staged, ledger: Ledger, day: date) -> None:
    known = {product.code: product for product in Product.objects.all()}
    prices: dict[tuple[int, str], Price] = {}
    for price in Price.objects.filter(from_on__lte=day).order_by("from_on"):
        prices[price.product_id, price.currency] = price
    for (code, currency), row in staged.products.items():
        values: dict[str, object] = {"name": row.text("name"), "family": row.text("family")}
        product = known.get(code)
        if product is None:
            product = known[code] = Product.objects.create(code=code, charge=row.text("charge"), **values)
            ledger.added("products", "product", product.pk)
        elif product.charge != row.text("charge"):
            ledger.left(f"{row.file}:{row.line}: {code} keeps its charge {product.charge}; deals refer to it")
        elif _update(product, values):
            ledger.changed("products")
        _write_price(product, currency, row, prices.get((product.pk, currency)), ledger, day)


def _write_price(product: Product, currency: str, row: Row, now: Price | None, ledger: Ledger, day: date) -> None:
    figures = {"list_price": row.cells["list_price"], "unit_cost": row.cells["unit_cost"]}
    if now and (now.list_price, now.unit_cost) == (figures["list_price"], figures["unit_cost"]):
        return
    price, made = Price.objects.update_or_create(product=product, currency=currency, from_on=day, defaults=figures)
    if now:
        ledger.changed("prices")
    if made:
        ledger.remember("price", price.pk)
