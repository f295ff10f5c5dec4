"""Who may speak for those who sit on a committee: when they are away, who stands in, who is on duty; pure."""

from teams.relations import ADMINISTRATOR, About, Answer, Person, has, no, yes

# --- absence ---


def speaks_for(person: Person, about: About) -> Answer:
    """Whoever is away says so, or the chair of a committee on which they sit."""
    if about.owner_id == person.user_id:
        return yes("own")
    return yes("chair") if about.committee_ids & person.chairs else no("not_chair")


def confirms_substitute(person: Person, about: About) -> Answer:
    """A third person: the chair for the committee, or an administrator, such as where the chair is away."""
    if person.user_id in {about.owner_id, *about.seat_ids}:
        return no("own_substitute")
    if about.committee_ids & person.chairs:
        return yes("chair")
    return has(ADMINISTRATOR)(person, about)


def ends_substitute(person: Person, about: About) -> Answer:
    if person.user_id in {about.owner_id, *about.seat_ids} or about.committee_ids & person.chairs:
        return yes("own")
    return has(ADMINISTRATOR)(person, about)


# --- the rota ---


def plans_duty(person: Person, about: About) -> Answer:
    """The chair, or an administrator. One person is enough: a turn gives no vote that its holder has not already."""
    if about.committee_ids & person.chairs:
        return yes("chair")
    return yes(ADMINISTRATOR) if ADMINISTRATOR in person.roles else no("not_planning")


def ends_duty(person: Person, about: About) -> Answer:
    """Whoever is on duty gives the turn up, too."""
    return yes("own") if about.owner_id == person.user_id else plans_duty(person, about)
