"""Places: first come, first served, and those who wait get theirs in order; who sees who comes; and the link to join."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from forum.access import person
from forum.groups import actions as groups
from forum.groups.actions import seats
from forum.kit import clock
from forum.kit.clock import now
from forum.kit.confusables import skeleton
from forum.kit.db import db
from forum.models import Booking, Mail, Standing, User, Workshop
from forum.workshops import actions, places
from tests.discussions.conftest import see
from tests.workshops.conftest import TODAY, change, plan, row, seated


def book(as_, address, *people):
    """Each of these people books, in this order."""
    for who in people:
        assert as_(who).post(f"{address}/booking").status_code == 303


def told(template, user):
    """How many mails of a template wait for somebody."""
    mine = (Mail.template == template, Mail.user_id == user.id)
    return db.session.scalar(select(func.count()).select_from(Mail).where(*mine))


def test_who_books_after_the_last_place_waits_and_moves_up_in_order(community, as_, workshop):
    maya, sam, leon, tom = community.maya, community.sam, community.leon, community.tom
    book(as_, workshop, maya, sam, leon, tom)
    assert seated(workshop) == ([maya.name, sam.name], [leon.name, tom.name])
    assert "You’re going." in see(as_(maya), workshop).words
    assert "You wait for a place: number 1 in line." in see(as_(leon), workshop).words
    assert "number 2 in line" in see(as_(tom), workshop).words
    assert "2 of 2 places taken, 2 waiting" in see(as_(tom), workshop).words
    as_(maya).post(f"{workshop}/booking/end")
    assert seated(workshop) == ([sam.name, leon.name], [tom.name])
    assert told("workshop-place", leon) == 1 and told("workshop-place", tom) == 0
    book(as_, workshop, maya)
    assert seated(workshop) == ([sam.name, leon.name], [tom.name, maya.name])


def test_booking_twice_is_booking_once_and_giving_back_twice_takes_no_other_place(community, as_, workshop):
    book(as_, workshop, community.maya, community.maya, community.sam, community.leon)
    for _ in range(2):
        as_(community.maya).post(f"{workshop}/booking/end")
    assert seated(workshop) == ([community.sam.name, community.leon.name], [])


def test_more_places_are_given_to_those_who_wait(community, as_, tom, workshop):
    book(as_, workshop, community.maya, community.sam, community.leon)
    assert change(tom, workshop, capacity="3").status_code == 303
    assert seated(workshop)[1] == [] and told("workshop-place", community.leon) == 1
    change(tom, workshop, capacity="1")
    assert len(seated(workshop)[0]) == 3, "fewer places take none away"


@pytest.mark.parametrize("how", ["leaves", "is removed", "is suspended"])
def test_who_loses_access_loses_the_place(community, as_, workshop, how):
    maya, sam, leon = community.maya, community.sam, community.leon
    book(as_, workshop, maya, sam, leon)
    policy, tom = community.group("policy"), person(community.tom.id)
    if how == "is suspended":
        sam.active = False
    else:
        end = groups.leave if how == "leaves" else groups.remove
        end(person(sam.id), policy) if how == "leaves" else end(tom, sam, policy)
    db.session.commit()
    assert "1 of 2 places taken" in see(as_(maya), workshop).words and sam.name not in see(as_(maya), workshop).words
    assert places.to_fill() == [row(workshop).id]
    places.fill_one(row(workshop).id)
    db.session.commit()
    assert seated(workshop) == ([maya.name, leon.name], []) and told("workshop-place", leon) == 1
    assert places.to_fill() == []
    if how == "leaves":
        groups.join(person(sam.id), policy)
        db.session.commit()
        assert seated(workshop) == ([maya.name, leon.name], []), "coming back brings no place back"


def test_readers_who_are_no_members_book_nothing(community, as_, workshop):
    assert as_(community.joanna).post(f"{workshop}/booking").status_code == 403
    page = see(as_(community.joanna), workshop)
    assert f'action="{workshop}/booking"' not in page.text and "Members of" in page.words


def test_no_place_is_given_after_the_end(community, as_, workshop):
    with clock.at(TODAY + timedelta(days=60)):
        assert as_(community.maya).post(f"{workshop}/booking").status_code == 409
    assert seated(workshop) == ([], [])


@pytest.mark.parametrize(
    ("seen_by", "member", "comer"), [("members", True, True), ("coming", False, True), ("facilitators", False, False)]
)
def test_who_comes_is_seen_by_those_whom_the_organiser_chose(community, as_, tom, seen_by, member, comer):
    address = plan(tom, seen_by=seen_by).headers["Location"]
    book(as_, address, community.maya, community.sam)
    comes = f"/people/{community.sam.handle}"
    assert comes in see(tom, address).text
    assert (comes in see(as_(community.leon), address).text) == member
    assert (comes in see(as_(community.maya), address).text) == comer
    assert comes not in see(as_(community.joanna), address).text
    assert f"/people/{community.maya.handle}" in see(as_(community.maya), address).text


def test_organisations_alone_where_the_organiser_chose_so(community, as_, tom):
    community.sam.organisation = "Eastvale Borough Council"
    db.session.commit()
    address = plan(tom, shown="organisations").headers["Location"]
    book(as_, address, community.sam)
    page = see(as_(community.maya), address)
    assert "Eastvale Borough Council" in page.words and community.sam.name not in page.words
    assert community.sam.name in see(tom, address).words


def test_the_link_is_for_those_with_a_place_from_a_quarter_of_an_hour_before(community, as_, tom):
    link = "https://meet.example.org/secret-room"
    address = plan(tom, capacity="1", link=link).headers["Location"]
    book(as_, address, community.maya, community.sam)
    start = row(address).starts_at

    def sees(who, moment):
        with clock.at(moment):
            return link in see(as_(who), address).text + as_(who).get(f"{address}.ics").get_data(as_text=True)

    assert not sees(community.maya, start - timedelta(minutes=16))
    assert sees(community.maya, start - timedelta(minutes=15)) and sees(community.maya, start + timedelta(hours=1))
    assert not sees(community.maya, row(address).ends_at)
    for other in (community.sam, community.leon, community.joanna):
        assert not sees(other, start)
    groups.leave(person(community.maya.id), community.group("policy"))
    db.session.commit()
    assert not sees(community.maya, start)


def crowd(community, number):
    """So many new members of Policy."""
    policy, found = community.group("policy"), []
    for at in range(number):
        handle = f"comer{at}"
        one = User(
            handle=handle,
            handle_skeleton=skeleton(handle),
            email=f"{handle}@example.org",
            name=handle,
            fs_uniquifier=handle,
            confirmed_at=now(),
        )
        db.session.add(one)
        db.session.flush()
        seats.seat(one, policy, Standing.MEMBER)
        found.append(one.id)
    db.session.commit()
    return found


def at_once(app, people, deed):
    """What each person's deed came to, all begun in one moment, each in a thread and transaction of its own."""
    start = threading.Barrier(len(people))

    def run(who):
        with app.app_context(), clock.at(TODAY):
            start.wait()
            try:
                done = deed(who)
                db.session.commit()
                return done
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(run, people))


def test_fifty_people_book_in_the_same_moment(app, community, tom):
    address = plan(tom, capacity="12").headers["Location"]
    number, people = row(address).id, crowd(community, 50)
    db.session.remove()

    def book_one(who):
        one = db.session.scalars(select(Workshop).where(Workshop.id == number)).one()
        return places.book(person(who), one)

    def leave_one(who):
        one = db.session.scalars(select(Workshop).where(Workshop.id == number)).one()
        return places.give_back(person(who), one)

    assert sorted(at_once(app, people, book_one)) == [False] * 38 + [True] * 12
    order = db.session.execute(
        select(Booking.user_id, Booking.seat_at).where(Booking.workshop_id == number).order_by(Booking.id)
    ).all()
    assert [seat is not None for _, seat in order] == [True] * 12 + [False] * 38
    # half of those with a place go in the same moment: the first six who wait have theirs
    assert all(at_once(app, [who for who, _ in order[:6]], leave_one))
    db.session.expire_all()
    after = db.session.execute(
        select(Booking.user_id, Booking.seat_at).where(Booking.workshop_id == number).order_by(Booking.id)
    ).all()
    assert [who for who, seat in after if seat] == [who for who, _ in order[6:18]]
    mails = select(Mail.user_id).where(Mail.template == "workshop-place").order_by(Mail.user_id)
    assert list(db.session.scalars(mails)) == sorted(who for who, _ in order[12:18])


def test_booking_giving_back_changing_and_cancelling_at_once_wait_for_each_other(app, community, tom):
    address = plan(tom, capacity="5").headers["Location"]
    number, people, planner = row(address).id, crowd(community, 20), community.tom.id
    db.session.remove()

    def one():
        return db.session.scalars(select(Workshop).where(Workshop.id == number)).one()

    at_once(app, people[:10], lambda who: places.book(person(who), one()))

    def deed(at):
        try:
            if at < 10:
                return places.give_back(person(people[at]), one())
            if at < 20:
                return places.book(person(people[at]), one())
            if at < 22:
                return places.fill_one(number)
            return actions.cancel(person(planner), one(), "Nobody can come.")
        except (actions.Over, places.Closed):
            return None

    results = at_once(app, range(24), deed)
    assert all(results[:10]) and row(address).cancelled_at
    left = db.session.scalars(select(Booking.user_id).where(Booking.workshop_id == number)).all()
    assert set(left) <= set(people[10:]) and len(left) == sum(one is not None for one in results[10:20])
