"""Hot seats: set up by facilitators, asked and voted in by members, answered by posts, and over when they end."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from forum import jobs
from forum.access import person
from forum.groups import actions as groups
from forum.kit import clock
from forum.kit.clock import now
from forum.kit.confusables import skeleton
from forum.kit.db import db
from forum.models import (
    AuditEntry,
    Group,
    HotSeat,
    Membership,
    Notice,
    Post,
    SeatQuestion,
    SeatVote,
    Standing,
    Topic,
    User,
)
from tests.conftest import sign_in
from tests.discussions.conftest import key, see

#: when the hot seat of these tests is planned, and an hour in which it is open
BEFORE = datetime(2027, 3, 1, 12, tzinfo=UTC)
DURING = datetime(2027, 3, 25, 10, 15, tzinfo=UTC)
AFTER = datetime(2027, 3, 25, 11, tzinfo=UTC)
SAID = {"who": "@ruth", "day": "25 March 2027", "starts": "10:00", "ends": "11:00", "workshop": ""}


def seat(browser, topic, **said):
    """The answer to a hot seat that is set up, or changed as it stands now."""
    page = browser.get(f"{topic}/seat").get_data(as_text=True)
    found = re.search(r'name="revision" type="hidden" value="(\d*)"', page)
    return browser.post(f"{topic}/seat", data={**SAID, "revision": found[1] if found else "", **said})


def ask(browser, topic, words, **more):
    """The answer to a question that is asked."""
    return browser.post(f"{topic}/questions", data={"body": words, "key": key(), **more})


def answer(browser, topic, q, words="Like this.", **more):
    """The answer to an answer."""
    return browser.post(f"{topic}/questions/{q}/answers", data={"body": words, "key": key(), **more})


def newcomer(handle):
    """Somebody who has just joined Policy, where first posts with links wait."""
    db.session.execute(update(Group).where(Group.slug == "policy").values(hold_first=True))
    user = User(
        handle=handle, handle_skeleton=skeleton(handle), email=f"{handle}@example.org", name="New Comer",
        fs_uniquifier=handle, confirmed_at=now(), created_at=now(),
    )  # fmt: skip
    db.session.add(user)
    db.session.flush()
    group = db.session.scalars(select(Group.id).where(Group.slug == "policy")).one()
    db.session.add(Membership(user_id=user.id, group_id=group, standing=Standing.MEMBER))
    db.session.commit()
    return user


def many(kind=HotSeat):
    """How many there are besides those of the story."""
    story = {HotSeat: 1, SeatQuestion: 3, SeatVote: 7}
    return db.session.scalar(select(func.count()).select_from(kind)) - story[kind]


def queue(browser, topic):
    """The numbers of the questions, in the order of the page."""
    return [
        int(n)
        for n in re.findall(r'<article class="question" id="question-(\d+)"', see(browser, f"{topic}/questions").text)
    ]


@pytest.fixture
def topic(community, as_, talk):
    """The address of a topic in Policy, in which Ruth sits on 25 March; a facilitator set it up, and it is planned."""
    with clock.at(BEFORE):
        address = f"/groups/policy/topics/{talk.topic(as_(community.maya), 'policy', 'Ask Ruth about budgets')}"
        assert seat(as_(community.tom), address).status_code == 303
        yield address


def test_questions_are_asked_before_and_during_and_the_most_wanted_comes_first(community, as_, topic):
    sam, leon, maya = as_(community.sam), as_(community.leon), as_(community.maya)
    assert ask(sam, topic, "What is a *baseline*?").headers["Location"].endswith(f"{topic}/questions#question-1")
    page = see(leon, f"{topic}/questions")
    assert community.ruth.name in page.words and "Coming" in page.words and "1 question asked, 0 answered" in page.words
    assert "Thursday 25 March 2027, 10:00 to 11:00, Europe/London time (GMT)" in page.words
    assert "<em>baseline</em>" in page.text and community.sam.name in page.words
    with clock.at(DURING):
        ask(leon, topic, "Who signs it?")
        assert queue(maya, topic) == [1, 2] and "Open now" in see(maya, f"{topic}/questions").words
        assert maya.post(f"{topic}/questions/2/votes").status_code == 303
        assert queue(sam, topic) == [2, 1]
        maya.post(f"{topic}/questions/2/votes")
        assert "1 vote for question 2" in see(sam, f"{topic}/questions").words
        maya.post(f"{topic}/questions/2/votes/end")
        assert queue(sam, topic) == [1, 2]


def test_nobody_votes_for_their_own_question_and_no_voter_is_named(community, as_, topic):
    sam, leon = as_(community.sam), as_(community.leon)
    ask(sam, topic, "Mine")
    sam.post(f"{topic}/questions/1/votes")
    assert "Nobody votes for a question of their own." in see(sam, topic + "/questions").words
    assert many(SeatVote) == 0
    leon.post(f"{topic}/questions/1/votes")
    for place in ("", "/questions", "/questions/1"):
        assert community.leon.name not in see(sam, topic + place).words


def test_an_answer_is_a_post_with_the_question_above_it(community, as_, topic):
    sam, ruth = as_(community.sam), as_(community.ruth)
    ask(sam, topic, "What is a baseline?")
    with clock.at(DURING):
        where = answer(ruth, topic, 1, "Where you **start** from.").headers["Location"]
        assert where.endswith("#post-1")
        page = see(as_(community.leon), topic)
        assert (
            "Sam" in page.article(1)
            and "What is a baseline?" in page.article(1)
            and "<strong>start</strong>" in page.article(1)
        )
        assert "1 question asked, 1 answered" in page.words
        assert "Read the answer by Ruth" in see(as_(community.leon), f"{topic}/questions").words
        assert "What is a baseline?" not in see(sam, "/search?q=baseline").words


def test_whoever_asked_and_follows_hears_once_and_as_of_a_reply(community, as_, topic):
    sam = as_(community.sam)
    sam.post(f"{topic}/follow")
    ask(sam, topic, "Once?")
    answer(as_(community.ruth), topic, 1)
    post = db.session.scalars(select(Post).where(Post.body == "Like this.")).one()
    kinds = select(Notice.kind).where(Notice.user_id == community.sam.id, Notice.post_id == post.id)
    assert db.session.scalars(kinds).all() == ["reply"]


def test_only_who_sits_there_and_facilitators_answer(community, as_, topic, visitor):
    ask(as_(community.sam), topic, "Who may?")
    assert answer(as_(community.leon), topic, 1).status_code == 403
    assert "Only who sits in the hot seat" in answer(as_(community.maya), topic, 1).get_data(as_text=True)
    assert (
        answer(visitor, topic, 1).status_code == 403
        and 'id="answer"' not in see(as_(community.sam), f"{topic}/questions/1").text
    )
    assert answer(as_(community.tom), topic, 1).status_code == 303


def test_two_answers_to_one_question_are_one_and_the_second_person_is_told(community, as_, topic):
    ask(as_(community.sam), topic, "Once only")
    assert answer(as_(community.ruth), topic, 1, "First").status_code == 303
    late = answer(as_(community.tom), topic, 1, "My long second answer")
    assert late.status_code == 409 and "My long second answer" in late.get_data(as_text=True)
    assert "Somebody has answered this question" in html.unescape(late.get_data(as_text=True))
    assert "My long second answer" not in see(as_(community.sam), topic).words


def test_an_answer_that_is_deleted_or_hidden_leaves_the_question_open(community, as_, topic):
    ruth, sam = as_(community.ruth), as_(community.sam)
    ask(sam, topic, "Again?")
    for end in ("deletion", "hiding"):
        no = int(answer(ruth, topic, 1).headers["Location"].rsplit("-", 1)[1])
        assert "1 answered" in see(sam, topic).words
        as_(community.tom).post(f"{topic}/posts/{no}/{end}", data={"files": "keep"})
        assert "0 answered" in see(sam, topic).words and "Read the answer" not in see(sam, f"{topic}/questions").words
    assert answer(ruth, topic, 1).status_code == 303


def test_it_is_over_when_it_ends_and_what_was_asked_stays(community, as_, topic):
    sam, leon = as_(community.sam), as_(community.leon)
    ask(sam, topic, "In time")
    tag = leon.get(topic).headers["ETag"]
    with clock.at(AFTER):
        assert leon.get(topic, headers={"If-None-Match": tag}).status_code == 200
        late = ask(leon, topic, "Too late for this")
        assert late.status_code == 409 and "Too late for this" in late.get_data(as_text=True)
        leon.post(f"{topic}/questions/1/votes")
        page = see(leon, f"{topic}/questions")
        assert "had ended before this arrived" in page.words and "Over" in page.words and "In time" in page.words
        assert "1 question asked, 0 answered" in page.words and "0 votes" in page.words and "Unanswered" in page.words
        assert answer(as_(community.ruth), topic, 1).status_code == 303
        seat(as_(community.tom), topic, ends="12:00")
        assert ask(leon, topic, "There is more time").status_code == 303


def test_a_facilitator_sets_a_question_aside_with_a_word_why(community, as_, topic):
    sam, tom, leon = as_(community.sam), as_(community.tom), as_(community.leon)
    ask(sam, topic, "About a colleague")
    assert leon.post(f"{topic}/questions/1/aside", data={"why": "x"}).status_code == 403
    assert "Say why, in a few words" in tom.post(f"{topic}/questions/1/aside").get_data(as_text=True)
    assert tom.post(f"{topic}/questions/1/aside", data={"why": "It names a person"}).status_code == 303
    assert queue(leon, topic) == [] and leon.get(f"{topic}/questions/1").status_code == 404
    assert leon.post(f"{topic}/questions/1/votes").status_code == 404
    assert "0 questions asked" in see(leon, topic).words
    for reader in (sam, tom):
        assert "Why: It names a person" in see(reader, f"{topic}/questions").words
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "question.aside")).one()
    assert entry.subject_id == community.sam.id and entry.details["why"] == "It names a person"
    assert answer(as_(community.ruth), topic, 1).status_code in (403, 404, 409)
    assert leon.post(f"{topic}/questions/1/aside/end").status_code == 404
    tom.post(f"{topic}/questions/1/aside/end")
    assert queue(leon, topic) == [1]
    assert "Set a question of Sam" in see(tom, "/groups/policy/manage/log").words


def test_a_question_that_would_wait_as_a_post_waits_too(community, as_, topic):
    new = newcomer("newcomer")
    browser, leon, tom = as_(new), as_(community.leon), as_(community.tom)
    assert ask(browser, topic, "Buy at https://spam.example").status_code == 303
    assert "waits for a facilitator" in see(browser, f"{topic}/questions").words
    assert queue(leon, topic) == [] and queue(browser, topic) == queue(tom, topic) == [1]
    assert "1 question waits for a facilitator." in see(tom, f"{topic}/questions").words
    waits = "A question to a hot seat waits for you"
    ask(browser, topic, "And at https://more.example")
    assert see(tom, "/inbox").words.count(waits) == 1 and waits not in see(leon, "/inbox").words
    browser.post(f"{topic}/questions/2/removal")
    assert waits in see(tom, "/inbox").words
    tom.post(f"{topic}/questions/1/aside/end")
    assert queue(leon, topic) == [1]
    told = select(Notice.read_at).where(Notice.kind == "seat_held")
    assert all(db.session.scalars(told))


def test_an_answer_that_would_wait_waits_and_answers_once_it_is_published(community, as_, topic):
    new = newcomer("guest")
    assert seat(as_(community.tom), topic, who="@guest").status_code == 303
    ask(as_(community.sam), topic, "Where is it?")
    assert answer(as_(new), topic, 1, "See https://elsewhere.example").headers["Location"].endswith("/waiting")
    assert (
        "0 answered" in see(as_(community.sam), topic).words and "elsewhere" not in see(as_(community.sam), topic).words
    )
    code = re.search(r"/manage/held/(\w+)", see(as_(community.tom), "/groups/policy/manage/held").text)[1]
    assert as_(community.tom).post(f"/groups/policy/manage/held/{code}/publication").status_code == 303
    assert "1 answered" in see(as_(community.sam), topic).words and "Where is it?" in see(
        as_(community.sam), topic
    ).article(1)


def test_bad_input_comes_back_with_what_was_typed(community, as_, talk, topic):
    tom, sam = as_(community.tom), as_(community.sam)
    for wrong, said in (
        ({"who": ""}, "Write the handle of at least one member"), ({"who": " , "}, "Write the handle"),
        ({"who": "@joanna"}, "No member of the handle @joanna"), ({"who": "nobody-at-all"}, "No member of the handle @nobody-at-all"),
        ({"who": "a b c d e f"}, "At most 5 people"), ({"day": "soon"}, "Write a date"), ({"starts": "noonish"}, "Write a time"),
        ({"ends": "09:00"}, "It must end after it starts"), ({"day": "28 March 2027", "starts": "01:30"}, "There is no 01:30"),
        ({"last_day": "1 May 2027"}, "one of the 14 after it"), ({"day": "25 March 2031"}, "at most a year ahead"),
        ({"workshop": "7777"}, "Choose one from the list"),
    ):  # fmt: skip
        reply = seat(tom, topic, **wrong)
        text = html.unescape(reply.get_data(as_text=True))
        assert reply.status_code == 422 and said in text, wrong
    for words, said in (
        ("", "Write your question"),
        ("x" * 501, "must be 500 characters or fewer"),
        ("> [post 1](/groups/policy/topics/1/posts/1):\n> w", "can’t quote a post"),
    ):
        reply = ask(sam, topic, words)
        assert reply.status_code == 422 and said in html.unescape(reply.get_data(as_text=True))
        assert words.split("\n")[0] in html.unescape(reply.get_data(as_text=True))
    ask(sam, topic, "<script>alert(1)</script>")
    assert "<script>alert(1)" not in see(sam, f"{topic}/questions").text
    assert answer(as_(community.ruth), topic, 1, "").status_code == 422
    assert as_(community.ruth).get(f"{topic}/questions?page=2").status_code == 404
    assert sam.get(f"{topic}/questions/9").status_code == 404
    plain = f"/groups/policy/topics/{talk.topic(as_(community.maya), 'policy', 'Plain')}"
    assert sam.get(f"{plain}/questions").status_code == 404 == ask(sam, plain, "x").status_code


def test_a_question_sent_twice_is_asked_once(community, as_, topic):
    sam, one = as_(community.sam), key()
    assert {ask(sam, topic, "Once", key=one).headers["Location"] for _ in range(2)} == {f"{topic}/questions#question-1"}
    assert queue(sam, topic) == [1]


def test_only_facilitators_set_it_up_and_members_ask(community, as_, talk, topic, visitor):
    plain = f"/groups/policy/topics/{talk.topic(as_(community.maya), 'policy', 'Plain')}"
    for who in (community.maya, community.sam):
        assert as_(who).post(f"{plain}/seat", data=SAID).status_code == 403
    assert ask(as_(community.joanna), topic, "From outside").status_code == 403
    assert ask(visitor, topic, "Kept for me").status_code == 403
    assert "Kept for me" in ask(visitor, topic, "Kept for me").get_data(as_text=True)
    tom = as_(community.tom)
    ask(as_(community.sam), topic, "In the queue")
    tom.post(f"{topic}/closure")
    assert ask(as_(community.sam), topic, "Locked").status_code == 403
    assert as_(community.leon).post(f"{topic}/questions/1/votes").status_code == 403
    tom.post(f"{topic}/closure/end")
    tom.post(f"{topic}/hiding")
    assert as_(community.sam).get(f"{topic}/questions").status_code == 404


def test_two_facilitators_change_it_at_once_and_the_second_is_told(community, as_, topic):
    tom = as_(community.tom)
    assert seat(tom, topic, ends="12:00").status_code == 303
    late = tom.post(f"{topic}/seat", data={**SAID, "ends": "15:00", "revision": "1"})
    assert late.status_code == 409 and "15:00" in late.get_data(as_text=True)
    assert "10:00 to 12:00" in see(tom, topic).words


def test_who_sits_there_and_who_follows_are_told_once_that_it_opens(app, community, as_, topic):
    as_(community.leon).post(f"{topic}/follow")

    def told(user):
        named = Notice.kind.startswith("seat")
        return list(db.session.scalars(select(Notice.kind).where(Notice.user_id == user.id, named).order_by(Notice.id)))

    jobs.open_seats()
    assert told(community.ruth) == ["seat_given"] and told(community.leon) == []
    with clock.at(DURING):
        for _ in range(2):
            jobs.open_seats()
        assert told(community.ruth) == ["seat_given", "seat_yours"] and told(community.leon) == ["seat"]
        assert told(community.sam) == [] and told(community.maya) == ["seat"]
        assert "Your hot seat is open" in see(as_(community.ruth), "/inbox").words
        assert f"{topic}/questions" in see(as_(community.leon), "/inbox").text


def test_a_question_is_taken_back_while_nobody_has_answered(community, as_, topic):
    sam, leon = as_(community.sam), as_(community.leon)
    for words in ("One", "Two"):
        ask(sam, topic, words)
    assert leon.post(f"{topic}/questions/1/removal").status_code == 403
    sam.post(f"{topic}/questions/1/removal")
    answer(as_(community.ruth), topic, 2)
    sam.post(f"{topic}/questions/2/removal")
    assert queue(leon, topic) == [2] and "changed how it stands" in see(sam, topic + "/questions").words


def test_a_hot_seat_goes_while_nobody_has_asked_and_with_its_topic(community, as_, talk, topic):
    tom = as_(community.tom)
    ask(as_(community.sam), topic, "x")
    tom.post(f"{topic}/seat/removal")
    assert "so the hot seat stays" in see(tom, f"{topic}/questions").words
    tom.post(f"{topic}/posts/0/deletion", data={"files": "remove"})
    assert many() == many(SeatQuestion) == 0
    plain = f"/groups/policy/topics/{talk.topic(as_(community.maya), 'policy', 'Plain')}"
    seat(tom, plain)
    assert tom.post(f"{plain}/seat/removal").status_code == 303 and "Hot seat" not in see(tom, plain).words.replace(
        "Make it a hot seat", ""
    )


def test_what_muted_people_ask_is_folded_and_names_are_for_those_who_see_members(community, as_, topic, visitor):
    ask(as_(community.sam), topic, "Folded away")
    as_(community.leon).post(f"/people/{community.sam.handle}/muting")
    assert "You muted" in see(as_(community.leon), f"{topic}/questions").words
    group = community.group("policy")
    group.public_reading = True
    db.session.commit()
    groups.ban(person(community.ruth.id), community.leon, group)
    db.session.commit()
    for reader in (visitor, as_(community.leon)):
        for place in (topic, f"{topic}/questions"):
            assert "1 member" in see(reader, place).words and community.ruth.name not in see(reader, place).words


def test_a_page_needs_few_statements_however_many_ask(community, as_, topic, watch):
    counts = []
    for many in (1, 8):
        for n in range(many):
            ask(as_(community.sam), topic, f"Question {many} {n}")
        answer(as_(community.ruth), topic, many)
        browser = as_(community.leon)
        for place in ("", "/questions", "/questions/1"):
            see(browser, topic + place)
            with watch() as seen:
                see(browser, topic + place)
            counts.append(len([s for s in seen.statements if s.startswith(("SELECT", "WITH"))]))
    assert counts[:3] == counts[3:] and max(counts) <= 6, counts


def test_a_page_that_stays_open_hears_of_new_questions(community, as_, topic):
    leon = as_(community.leon)
    assert f'data-live="{topic}/questions/since/0"' in see(leon, f"{topic}/questions").text
    ask(as_(community.sam), topic, "New")
    ask(leon, topic, "My own")
    said = leon.get(f"{topic}/questions/since/0").get_json()
    assert said["words"] == "1 new question" and said["to"] == f"{topic}/questions"


def members(community, many):
    """So many new members of Policy."""
    group = community.group("policy").id
    users = [
        User(handle=f"v{n}", handle_skeleton=skeleton(f"v{n}"), email=f"v{n}@example.org", name=f"V {n}",
             fs_uniquifier=f"v{n}", confirmed_at=now()) for n in range(many)
    ]  # fmt: skip
    db.session.add_all(users)
    db.session.flush()
    db.session.add_all(Membership(user_id=user.id, group_id=group, standing=Standing.MEMBER) for user in users)
    db.session.commit()
    return users


def at_once(app, browsers, do):
    """What each of them is answered, ten at a time."""
    db.session.remove()

    def one(at):
        with app.app_context():
            return do(browsers[at], at).status_code

    with ThreadPoolExecutor(10) as pool:
        return list(pool.map(one, range(len(browsers))))


def test_fifty_people_vote_at_once_twice_each_and_each_counts_once(app, community, as_, topic):
    ask(as_(community.sam), topic, "Everybody’s")
    browsers = [sign_in(app, user) for user in members(community, 50)] * 2
    assert set(at_once(app, browsers, lambda browser, _: browser.post(f"{topic}/questions/1/votes"))) == {303}
    assert "50 votes" in see(as_(community.leon), f"{topic}/questions").words


def test_a_question_goes_while_people_vote_for_it(app, community, as_, topic, no_sql_while_rendering):
    ask(as_(community.sam), topic, "Never mind")
    browsers = [sign_in(app, user) for user in members(community, 20)]
    browsers.insert(10, as_(community.sam))
    ends = {10: "removal"}
    codes = at_once(app, browsers, lambda browser, at: browser.post(f"{topic}/questions/1/{ends.get(at, 'votes')}"))
    no_sql_while_rendering.clear()  # it can't tell the page of one thread from what another writes
    assert set(codes) <= {303, 404} and codes[10] == 303
    assert queue(as_(community.leon), topic) == [] and many(SeatVote) == 0


def test_twenty_ask_at_once_and_each_question_has_a_number(app, community, as_, topic):
    browsers = [sign_in(app, user) for user in members(community, 20)]
    assert set(at_once(app, browsers, lambda browser, at: ask(browser, topic, f"Number {at}"))) == {303}
    assert sorted(queue(as_(community.leon), topic)) == list(range(1, 21))


def test_ten_answer_one_question_at_once_and_one_post_is_written(app, community, as_, topic, no_sql_while_rendering):
    ask(as_(community.sam), topic, "One answer")
    browsers = [as_(user) for user in (community.ruth, community.tom)] * 5
    codes = at_once(app, browsers, lambda browser, at: answer(browser, topic, 1, f"Answer {at}"))
    no_sql_while_rendering.clear()  # as above
    assert sorted(codes) == [303] + [409] * 9
    number = int(topic.rsplit("/", 1)[1])
    at = select(Topic).where(Topic.group_id == community.group("policy").id, Topic.n == number)
    assert db.session.scalars(at).one().reply_count == 1


def test_in_the_last_second_a_vote_counts_or_is_refused(community, as_, topic):
    ask(as_(community.sam), topic, "To the end")
    for moment, who in ((AFTER - timedelta(seconds=1), community.leon), (AFTER, community.maya)):
        with clock.at(moment):
            as_(who).post(f"{topic}/questions/1/votes")
    assert many(SeatVote) == 1


def test_a_hot_seat_may_belong_to_a_workshop_of_its_group(community, as_):
    topic, ruth = "/groups/performance/topics/6", as_(community.ruth)
    assert "Measures that help" in see(as_(community.maya), f"{topic}/questions").words
    page = ruth.get(f"{topic}/seat").get_data(as_text=True)
    chosen = re.search(r'<option selected value="(\d+)">Measures that help', page)[1]
    seat(ruth, topic, workshop=chosen)
    assert f"{topic.rsplit('/', 2)[0]}/workshops/1" in see(as_(community.maya), f"{topic}/questions").text
    assert f"{topic}/questions" in see(as_(community.maya), "/groups/performance/workshops/1").text
    ruth.post(f"{topic}/hiding")
    assert f"{topic}/questions" not in see(as_(community.maya), "/groups/performance/workshops/1").text
    ruth.post(f"{topic}/hiding/end")
    seat(ruth, topic, workshop="")
    assert "/workshops/1" not in see(as_(community.maya), f"{topic}/questions").text
