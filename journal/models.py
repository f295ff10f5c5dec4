"""The journal's rows: events in their chain, the messages they cause, and what keeps background work honest."""

from django.db import models
from django.db.models import Q


class Event(models.Model):
    """One change to the world, chained to the one before it; triggers refuse every later change.

    `data` and `about` are canonical JSON texts (`journal/chain.py`), because the hash is taken over these very bytes.
    `data` holds ids and figures only: names and free text stay in rows that can be erased.
    """

    # INVARIANT: consecutive from 1; taken from the locked head, because database sequences leave gaps after a rollback.
    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    actor_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=80)
    about = models.TextField(default="[]")
    link = models.CharField(max_length=200, default="", blank=True)
    data = models.TextField(default="{}")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["verb", "-sequence"], name="event_by_verb"),
            models.Index(fields=["actor_id", "-sequence"], name="event_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.verb} {self.subject_kind} {self.subject_id}"


class EventSubject(models.Model):
    """One thing that an event is about, its own subject included: the index behind every timeline."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="subjects")
    kind = models.CharField(max_length=40)
    identifier = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "identifier", "event"], name="event_subject_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.identifier}"


class JournalHead(models.Model):
    """The single row (id 1) that says where the chain ends; always the last lock of a transaction."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="journal_has_one_head")]

    def __str__(self) -> str:
        return f"head at {self.sequence}"


class Channel(models.TextChoices):
    """The ways in which a person hears of an event."""

    INBOX = "inbox"
    MAIL = "mail"


PENDING = Q(delivered_at__isnull=True, failed_at__isnull=True)


class Message(models.Model):
    """One event to be heard by one person through one channel; the row is the truth, a queue only wakes.

    `letter` is the id of the first message of the letter that carries an e-mail; null until it is first tried.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="messages")
    recipient_id = models.BigIntegerField()
    channel = models.CharField(max_length=10, choices=Channel.choices)
    # INVARIANT: once given it stays, so that a letter that is tried again carries the very same messages.
    letter = models.BigIntegerField(null=True)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "recipient_id", "channel"], name="message_once"),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=PENDING, name="message_due"),
            models.Index(fields=["recipient_id", "letter"], condition=PENDING, name="message_letter"),
            models.Index(fields=["recipient_id", "-id"], condition=Q(channel="inbox"), name="message_inbox"),
            models.Index(
                fields=["recipient_id", "-id"],
                condition=Q(channel="inbox", read_at__isnull=True),
                name="message_unread",
            ),
            models.Index(fields=["-failed_at"], condition=Q(failed_at__isnull=False), name="message_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} to {self.recipient_id} about event {self.event_id}"


class LetterPause(models.Model):
    """Until when a person is left in peace by e-mail; its lock lets one worker at a time take up their letters."""

    recipient_id = models.BigIntegerField(primary_key=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"no letter to {self.recipient_id} until {self.until}"


class WorkerHeartbeat(models.Model):
    """A sign of life of one worker process, for the health page."""

    name = models.CharField(max_length=120, primary_key=True)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name


class TickRun(models.Model):
    """When a registered piece of periodic work last began; several workers share it by compare-and-set."""

    name = models.CharField(max_length=80, primary_key=True)
    ran_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class IdempotentRequest(models.Model):
    """One creating request of the API, known by its key, with the answer that every repetition receives."""

    class State(models.TextChoices):
        """Whether the answer is known yet."""

        IN_FLIGHT = "in_flight"
        DONE = "done"

    actor_id = models.BigIntegerField()
    key = models.CharField(max_length=255)
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=400)
    body_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.IN_FLIGHT)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.TextField(default="{}")
    response_body = models.TextField(default="")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor_id", "key"], name="idempotent_request_once"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.key}"
