"""Who publishes and withdraws precedents, and who looks back on a deal: predicates of the permission table."""

from teams.relations import LEAD, About, Answer, Person, no, role_in_team, works_in_team, yes


def publishes(person: Person, about: About) -> Answer:
    """The committee that decided a case, or the account lead of its team."""
    if about.committee_ids & person.committees:
        return yes("committee")
    return yes(LEAD) if role_in_team(person, about) == LEAD else no("not_yours_to_publish")


def withdraws_precedent(person: Person, about: About) -> Answer:
    """Whoever published it, the committee's chair, or the team's account lead."""
    if about.owner_id == person.user_id:
        return yes("published_it")
    if about.committee_ids & person.chairs:
        return yes("chair")
    return yes(LEAD) if role_in_team(person, about) == LEAD else no("published_by_another")


def answers_look_back(person: Person, about: About) -> Answer:
    """Those who worked on the deal, or the account lead for them, while they work in its team."""
    works = works_in_team(person, about)
    if works and role_in_team(person, about) != LEAD:
        took_part = person.user_id in {about.contact_id, *about.editor_ids}
        return yes("took_part") if took_part else no("took_no_part")
    return works
