"""The directory: what each person may know of, found by words, subject and kind."""

from sqlalchemy import select

from forum.groups.lists import DIRECTORY_PAGE
from forum.kit.db import db
from forum.models import Group, Kind, Subject
from tests.groups.conftest import words

HIDDEN = ("Council reorganisation", "Case Review Panel")


def names(reply):
    """The names of the groups that a page lists."""
    page = reply.get_data(as_text=True)
    return {group.name for group in db.session.scalars(select(Group)) if f'<h2><a href="/groups/{group.slug}">' in page}


def test_a_visitor_finds_open_and_restricted_groups_only(visitor, community):
    kinds = {
        db.session.scalars(select(Group).where(Group.name == name)).one().kind for name in names(visitor.get("/groups"))
    }
    assert kinds == {Kind.OPEN, Kind.RESTRICTED}


def test_someone_registered_also_finds_private_groups_but_no_hidden_one(as_, community):
    found = names(as_(community.joanna).get("/groups"))
    assert "Safeguarding Practice" in found or community.group("safeguarding").name in found
    assert community.group("reorganisation").name not in found
    assert community.group("case-review").name not in found


def test_members_and_the_invited_find_their_hidden_group(as_, community):
    assert community.group("reorganisation").name in names(as_(community.tom).get("/groups"))
    assert community.group("reorganisation").name in names(as_(community.omar).get("/groups"))


def test_a_sub_group_is_unknown_to_whoever_does_not_read_its_parent(as_, visitor, community):
    assert community.group("performance").name not in names(visitor.get("/groups"))
    assert community.group("performance").name in names(as_(community.joanna).get("/groups"))
    assert community.group("indicators").name not in names(as_(community.joanna).get("/groups"))


def test_searching_looks_at_name_summary_and_subjects(as_, community):
    joanna = as_(community.joanna)
    group = community.group("performance")
    subject = db.session.scalars(select(Subject.name).where(Subject.group_id == group.id)).first()
    assert names(joanna.get("/groups", query_string={"q": group.name[2:9].upper()})) >= {group.name}
    assert names(joanna.get("/groups", query_string={"q": subject})) >= {group.name}
    assert names(joanna.get("/groups", query_string={"subject": subject})) >= {group.name}
    assert "No group matches" in words(joanna.get("/groups?q=%25%25zzz"))


def test_a_hidden_group_can_t_be_searched_out_by_others(as_, community):
    secret = community.group("reorganisation").name
    page = as_(community.joanna).get("/groups", query_string={"q": secret})
    assert names(page) == set()
    assert page.get_data(as_text=True).replace(secret.replace("&", "&amp;"), "") == as_(community.joanna).get(
        "/groups", query_string={"q": "zzqqx"}
    ).get_data(as_text=True).replace("zzqqx", "")


def test_the_kind_filter_keeps_to_the_rule(as_, community):
    assert names(as_(community.joanna).get("/groups?kind=hidden")) == set()
    assert names(as_(community.tom).get("/groups?kind=hidden")) == {community.group("reorganisation").name}


def test_pages_follow_by_name_and_hold_each_group_once(as_, community):
    for n in range(DIRECTORY_PAGE + 5):
        db.session.add(
            Group(slug=f"extra-{n}", name=f"Extra {n % 7}", kind=Kind.OPEN, emblem="EX", summary="One of many")
        )
    db.session.commit()
    joanna, seen, address = as_(community.joanna), [], "/groups"
    for _ in range(4):
        page = joanna.get(address).get_data(as_text=True)
        seen += [part.split('"')[0] for part in page.split('<h2><a href="/groups/')[1:]]
        if 'rel="next"' not in page:
            break
        address = (
            next(part for part in page.split('href="') if 'rel="next"' in part.split(">")[0])
            .split('"')[0]
            .replace("&amp;", "&")
        )
    known = {
        slug
        for slug in db.session.scalars(select(Group.slug))
        if slug not in ("reorganisation", "case-review", "indicators")
    }
    assert len(seen) == len(set(seen))
    assert set(seen) == known


def test_rows_say_where_i_stand_and_name_the_group_in_the_button(as_, community):
    leon = words(as_(community.leon).get("/groups"))
    assert "Pending since" in leon and f"in {community.group('performance').name}" in leon
    assert f"Invited to {community.group('reorganisation').name}" in words(as_(community.omar).get("/groups"))
    assert f"Join {community.group('policy').name}" in words(as_(community.joanna).get("/groups"))


def test_the_number_of_statements_does_not_grow_with_the_rows(as_, community, count_queries):
    joanna = as_(community.joanna)
    joanna.get("/groups")
    with count_queries() as few:
        joanna.get("/groups?q=service")
    for n in range(20):
        db.session.add(
            Group(
                slug=f"more-{n}",
                name=f"Service {n}",
                kind=Kind.RESTRICTED,
                emblem="MO",
                subjects=[Subject(name="more")],
            )
        )
    db.session.commit()
    with count_queries() as many:
        joanna.get("/groups?q=service")
    assert many.n == few.n
