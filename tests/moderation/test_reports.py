"""Reports: made once a person and thing, decided once, told to both sides, and never with the name of who reported."""

import threading

import pytest
from sqlalchemy import select, update

from forum.kit.db import db
from forum.models import AuditEntry, Concern, FileAudience, Group, Membership, Post, Report, Standing, Verdict
from forum.outbox.letter import write
from tests.conftest import sign_in
from tests.discussions.conftest import see
from tests.groups.conftest import words

MANAGE = "/groups/policy/manage/reports"


@pytest.fixture
def post(community, as_, talk):
    """A post by Sam in a topic of Maya's, in the open group Policy, which Tom owns."""
    n = talk.topic(as_(community.maya), "policy", "A topic with a bad reply")
    talk.reply(as_(community.sam), "policy", n, "Buy my kestrel feathers.")
    return f"/groups/policy/topics/{n}/posts/1"


def tell(browser, thing, kind="spam", **more):
    return browser.post(f"{thing}/report", data={"kind": kind, **more})


def concern(code=None):
    db.session.expire_all()
    return db.session.scalars(select(Concern).order_by(Concern.id.desc())).first()


def decide(browser, verdict, said="We looked at it.", base=MANAGE):
    return browser.post(f"{base}/{concern().code}/decision", data={"verdict": verdict, "words": said})


def test_a_report_goes_to_the_facilitators_and_both_sides_are_told(community, as_, post, mails):
    before = len(mails("report-received"))
    reply = tell(as_(community.leon), post, words="He does it every week.")
    assert reply.status_code == 303
    told = {mail.user_id for mail in mails("report-received")[before:]}
    assert community.tom.id in told and not told & {community.leon.id, community.sam.id}
    tom = as_(community.tom)
    page = see(tom, f"{MANAGE}/{concern().code}")
    assert "kestrel feathers" in page.words and "He does it every week." in page.words and "It advertises" in page.words
    assert decide(tom, "hidden").status_code == 303
    assert [mail.user_id for mail in mails("report-verdict")] == [community.sam.id]
    assert [mail.user_id for mail in mails("report-decided")] == [community.leon.id]
    assert mails("report-verdict")[0].facts["words"] == "We looked at it."
    assert "Post 1: hidden by a facilitator" in see(as_(community.maya), post).words


def test_nobody_learns_who_reported(community, as_, post, mails):
    leon = as_(community.leon)
    tell(leon, post, words="x")
    for other in (community.priya, community.maya, community.ruth, community.dan):
        tell(as_(other), post)
    tom = as_(community.tom)
    pages = [see(tom, address).text for address in (f"{MANAGE}/{concern().code}", MANAGE, "/groups/policy/manage/log")]
    assert community.tom.id != community.leon.id
    for text in pages[:2]:
        assert "Leon" not in text and "leon" not in text
    decide(tom, "kept")
    db.session.expire_all()
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("report."))).all()
    assert entries and all(entry.actor_id in (None, community.tom.id) for entry in entries)
    by_rule = [entry for entry in entries if entry.action == "report.limit"]
    hidden = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "post.hidden").order_by(AuditEntry.id.desc())
    )
    assert all(
        (entry.address, entry.request_id, entry.actor_id) == ("", "", None) for entry in [*by_rule, hidden.first()]
    )
    facts = [
        mail.facts
        for name in ("report-verdict", "report-hid", "report-limit", "report-received")
        for mail in mails(name)
    ]
    assert "eon" not in str(facts)


def test_one_person_reports_a_thing_once(community, as_, post):
    leon = as_(community.leon)
    assert tell(leon, post).status_code == 303
    again = tell(leon, post, kind="unkind")
    assert again.status_code == 409 and "You have reported this already" in words(again)
    assert concern().report_count == 1


def test_enough_members_hide_a_thing_until_somebody_decides(community, as_, post, mails, logged):
    assert community.group("policy").report_limit == 3
    for key in ("leon", "priya"):
        tell(as_(getattr(community, key)), post)
    assert "kestrel" in see(as_(community.maya), post).text
    tell(as_(community.dan), post)
    assert "kestrel" not in see(as_(community.maya), post).text and concern().hid_at
    assert {"report.limit", "post.hidden"} <= set(logged("policy")[-2:])
    assert [mail.user_id for mail in mails("report-hid")] == [community.sam.id]
    assert community.tom.id in {mail.user_id for mail in mails("report-limit")}
    decide(as_(community.tom), "kept")
    assert "kestrel" in see(as_(community.maya), post).text


def test_people_who_are_not_members_hide_nothing(community, as_, post):
    group = community.group("policy")
    db.session.execute(
        update(Membership)
        .where(
            Membership.group_id == group.id,
            Membership.user_id.in_([community.leon.id, community.priya.id, community.dan.id]),
        )
        .values(standing=Standing.FORMER)
    )
    db.session.commit()
    for key in ("leon", "priya", "dan"):
        assert tell(as_(getattr(community, key)), post).status_code == 303
    assert concern().report_count == 3 and not concern().hid_at
    assert "kestrel" in see(as_(community.maya), post).text


def test_a_group_may_never_hide_by_itself(community, as_, post):
    tom = as_(community.tom)
    assert tom.post(MANAGE, data={"report_limit": "0"}).status_code == 303
    for key in ("leon", "priya", "dan", "ruth"):
        tell(as_(getattr(community, key)), post)
    assert "kestrel" in see(as_(community.maya), post).text
    for wrong in ("", "-1", "51", "some"):
        reply = tom.post(MANAGE, data={"report_limit": wrong})
        assert reply.status_code == 422 and "rite a" in words(reply), wrong


def test_two_facilitators_decide_one_report_and_the_second_is_told(app, community, as_, post, mails):
    tell(as_(community.leon), post)
    group, code = community.group("policy"), concern().code
    db.session.execute(
        update(Membership)
        .where(Membership.group_id == group.id, Membership.user_id == community.priya.id)
        .values(standing=Standing.FACILITATOR)
    )
    group.facilitator_count += 1
    db.session.commit()
    browsers = {"deleted": sign_in(app, community.tom), "kept": sign_in(app, community.priya)}
    started, answers = threading.Barrier(2), {}

    def press(verdict):
        started.wait()
        answers[verdict] = browsers[verdict].post(
            f"{MANAGE}/{code}/decision", data={"verdict": verdict, "words": verdict}
        )

    threads = [threading.Thread(target=press, args=(verdict,)) for verdict in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = sorted(answer.status_code for answer in answers.values())
    assert codes == [303, 409]
    lost = next(answer for answer in answers.values() if answer.status_code == 409)
    assert "was quicker" in words(lost)
    assert len(mails("report-verdict")) == 1 and len(mails("report-decided")) == 1
    won = next(verdict for verdict, answer in answers.items() if answer.status_code == 303)
    assert concern().verdict.value == won
    assert ("kestrel" in see(as_(community.maya), post).text) == (won == "kept")


def test_two_people_report_a_thing_at_once_and_one_concern_holds_both(app, community, as_, post):
    browsers, started, answers = (
        [sign_in(app, getattr(community, key)) for key in ("leon", "priya")],
        threading.Barrier(2),
        [],
    )

    def press(browser):
        started.wait()
        answers.append(tell(browser, post).status_code)

    threads = [threading.Thread(target=press, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    assert answers == [303, 303]
    assert [
        row.report_count for row in db.session.scalars(select(Concern).where(Concern.author_id == community.sam.id))
    ] == [2]


def test_what_was_decided_opens_again_only_for_something_new(community, as_, post):
    tell(as_(community.leon), post)
    decide(as_(community.tom), "kept")
    first = concern().id
    reply = as_(community.priya)
    tell(reply, post)
    assert "have looked at this for the same reason" in see(reply, post.rsplit("/posts", 1)[0]).words
    assert (concern().id, concern().verdict) == (first, Verdict.KEPT)
    assert tell(as_(community.leon), post, kind="unkind").status_code == 409
    tell(as_(community.dan), post, kind="person")
    assert concern().id > first and concern().verdict == Verdict.OPEN
    decide(as_(community.tom), "kept")
    second = concern().id
    as_(community.sam).post(f"{post}/edit", data={"revision": "0", "body": "Buy my falcon feathers."})
    assert tell(as_(community.leon), post).status_code == 303
    assert concern().id > second


def test_nobody_decides_about_their_own_thing_unless_they_are_alone(community, as_, talk):
    n = talk.topic(as_(community.tom), "policy", "By a facilitator")
    thing = f"/groups/policy/topics/{n}/posts/0"
    tell(as_(community.leon), thing)
    group, tom = community.group("policy"), as_(community.tom)
    leads = group.facilitator_count
    address = f"{MANAGE}/{concern().code}"
    if leads == 1:
        assert tom.get(address).status_code == 200
        db.session.execute(
            update(Membership)
            .where(Membership.group_id == group.id, Membership.user_id == community.priya.id)
            .values(standing=Standing.FACILITATOR)
        )
        group.facilitator_count = 2
        db.session.commit()
    assert tom.get(address).status_code == 404 and "By a facilitator" not in see(tom, MANAGE).text
    assert tom.post(f"{address}/decision", data={"verdict": "kept"}).status_code == 404
    group = community.group("policy")
    group.facilitator_count = 1
    db.session.commit()
    assert tom.get(address).status_code == 200


def test_one_does_not_report_oneself_nor_what_one_may_not_read(community, as_, post):
    assert tell(as_(community.sam), post).status_code == 403
    assert "/report" not in see(as_(community.sam), post).article(1)
    assert "/report" in see(as_(community.leon), post).article(1)
    assert as_(None).get(f"{post}/report").status_code == 303
    as_(community.tom).post(f"{post}/hiding")
    assert tell(as_(community.leon), post).status_code == 404


def test_a_report_without_a_reason_says_so_and_keeps_the_words(community, as_, post):
    reply = as_(community.leon).post(f"{post}/report", data={"words": "Some words"})
    assert reply.status_code == 422 and "Choose what is wrong" in words(reply) and "Some words" in reply.text
    reply = tell(as_(community.leon), post, kind="other")
    assert reply.status_code == 422 and "Say in a few words what is wrong" in words(reply)
    reply = tell(as_(community.leon), post, kind="spam", words="x" * 1_001)
    assert reply.status_code == 422 and "1,000 characters or fewer" in words(reply)


def test_a_file_is_reported_hidden_and_shown_again(community, as_):
    document = community.document("performance", 1)
    document.audience, document.receipts = FileAudience.MEMBERS, document.receipts
    db.session.commit()
    owner = next(key for key in ("ruth", "priya") if getattr(community, key).id != document.uploader_id)
    address, base = "/groups/performance/library/1", "/groups/performance/manage/reports"
    for key in ("maya", "tom", "dan"):
        if getattr(community, key).id != document.uploader_id:
            assert tell(as_(getattr(community, key)), address, kind="rights").status_code == 303
    reader = as_(community.maya)
    assert reader.get(address).status_code == 404
    assert document.title in see(as_(getattr(community, owner)), f"{base}/{concern().code}").text
    assert decide(as_(getattr(community, owner)), "kept", base=base).status_code == 303
    assert reader.get(address).status_code == 200


def test_an_administrator_sees_the_item_and_its_parent_alone_and_that_is_logged(community, as_, talk, logged):
    maya = as_(community.maya)
    n = talk.topic(maya, "performance", "Secret title", body="The opening canary.")
    talk.reply(as_(community.tom), "performance", n, "The parent canary.")
    talk.reply(maya, "performance", n, "The reported canary.", 1)
    talk.reply(as_(community.dan), "performance", n, "The other canary.")
    tell(as_(community.dan), f"/groups/performance/topics/{n}/posts/2")
    grace, code = as_(community.grace), concern().code
    assert grace.post(f"/admin/reports/{code}/handling").status_code == 404
    group = community.group("performance")
    db.session.execute(update(Group).where(Group.id == group.id).values(facilitator_count=0))
    db.session.commit()
    assert group.name in see(grace, "/admin/reports").words and "canary" not in see(grace, "/admin/reports").text
    assert grace.get(f"/admin/reports/{code}").status_code == 404
    assert "admin.looked at report" not in logged("performance")
    assert grace.post(f"/admin/reports/{code}/handling").status_code == 303
    page = see(grace, f"/admin/reports/{code}")
    assert "reported canary" in page.words and "parent canary" in page.words
    assert "opening canary" not in page.text and "other canary" not in page.text
    assert logged("performance")[-1] == "admin.looked at report"
    assert grace.get(f"/groups/performance/topics/{n}").status_code == 403
    assert as_(community.maya).get(f"/admin/reports/{code}").status_code == 404
    assert decide(grace, "deleted", base="/admin/reports").status_code == 303
    assert "Post 2: deleted" in see(as_(community.dan), f"/groups/performance/topics/{n}").words


def test_reporters_whose_reports_were_all_nothing_count_no_more(community, as_, talk):
    maya, leon, tom = as_(community.maya), as_(community.leon), as_(community.tom)
    n = talk.topic(maya, "policy", "Fine")
    talk.replies(as_(community.sam), "policy", n, "", "", "", "")
    for k in (1, 2, 3):
        tell(leon, f"/groups/policy/topics/{n}/posts/{k}")
        decide(tom, "kept")
    for key in ("leon", "priya", "dan"):
        tell(as_(getattr(community, key)), f"/groups/policy/topics/{n}/posts/4")
    assert not concern().hid_at
    tell(as_(community.ruth), f"/groups/policy/topics/{n}/posts/4")
    assert concern().hid_at


def test_a_report_of_another_group_is_not_found_in_this_one(community, as_, post):
    tell(as_(community.leon), post)
    assert as_(community.ruth).get(f"/groups/performance/manage/reports/{concern().code}").status_code == 404
    assert len(list(db.session.scalars(select(Report)))) >= 1


@pytest.mark.parametrize("no", [0, 1])
def test_mail_of_a_decision_says_the_words_of_who_decided_and_of_no_post(community, as_, post, mails, no):
    """A post's number in its topic is the name of some other post, anywhere on the site."""
    tell(as_(community.leon), post.replace("/posts/1", f"/posts/{no}"))
    decide(as_(community.tom), "kept", "It is a fair question.")
    other = db.session.get(Post, 1)
    for template in ("report-verdict", "report-decided"):
        letter = write(mails(template)[-1].id)
        text = letter.get_body(("plain",)).get_content()
        assert "It is a fair question." in text and other.body[:40] not in text
