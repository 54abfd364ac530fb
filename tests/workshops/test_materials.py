"""What belongs to a workshop: files that are filed once and told of once, its questions, and what is left of it."""

import io
import secrets
from datetime import timedelta

from sqlalchemy import func, select, update

from forum import jobs, outbox
from forum.access import person
from forum.groups import actions as groups
from forum.kit import clock
from forum.kit.db import db
from forum.models import FileAudience, Mail, MailState, Material, Notice, Topic
from forum.uploads import add_file
from tests.discussions.conftest import see
from tests.library.conftest import PDF
from tests.workshops.conftest import TODAY, change, row


def add(browser, address, *names, audience="members", **more):
    """The answer to files added to a workshop."""
    files = [(io.BytesIO(PDF + name.encode()), name) for name in names]
    data = {"audience": audience, "files": files, "key": secrets.token_hex(8), **more}
    return browser.post(f"{address}/files", data=data, content_type="multipart/form-data")


def found_in_inbox():
    """The numbers of those who find new files in their inbox, each as often as they do."""
    found = select(Notice.user_id).where(Notice.kind == "workshop_files")
    return sorted(db.session.scalars(found))


def told(user):
    """How many mails about new files there are for somebody."""
    mine = (Mail.template == "workshop-files", Mail.user_id == user.id)
    return db.session.scalar(select(func.count()).select_from(Mail).where(*mine))


def later(**much):
    """The jobs, so much later."""
    with clock.at(TODAY + timedelta(**much)):
        jobs.look_after_workshops()


def test_files_added_to_a_workshop_are_in_the_library_under_it(community, as_, tom, workshop):
    assert add(tom, workshop, "slides.pdf", "handout.pdf").headers["Location"] == workshop
    page = see(as_(community.maya), workshop)
    assert "Slides" in page.words and "Handout" in page.words
    listed = see(as_(community.maya), "/groups/policy/library?workshop=Measures+that+help")
    assert "Slides" in listed.words and "Handout" in listed.words
    assert "2 files" in see(as_(community.maya), "/groups/policy/workshops").words


def test_files_follow_a_new_title_of_their_workshop(tom, workshop):
    add(tom, workshop, "slides.pdf")
    change(tom, workshop, title="Measures that help more")
    assert "Slides" in see(tom, "/groups/policy/library?workshop=Measures+that+help+more").words


def test_questions_that_were_moved_to_another_group_are_not_on_the_page(community, tom, workshop):
    topic = tom.post(f"{workshop}/questions").headers["Location"]
    n = int(topic.rsplit("/", 1)[1])
    elsewhere = {"group_id": community.group("performance").id, "n": 987}
    db.session.execute(update(Topic).where(Topic.id == community.topic("policy", n).id).values(elsewhere))
    db.session.commit()
    for address in (workshop, "/groups/policy/workshops"):
        assert "/topics/987" not in see(tom, address).text


def test_a_form_sent_twice_adds_once_and_one_without_files_is_refused(tom, workshop):
    key = secrets.token_hex(8)
    for _ in range(2):
        assert add(tom, workshop, "slides.pdf", key=key).status_code == 303
    assert db.session.scalar(select(func.count()).where(Material.workshop_id == row(workshop).id)) == 1
    reply = add(tom, workshop)
    assert reply.status_code == 422 and "Choose at least one file" in reply.get_data(as_text=True)
    assert add(tom, workshop, "virus.exe").status_code == 422


def test_who_booked_and_who_follows_the_questions_are_told_once(community, as_, tom, workshop):
    maya, sam, leon = community.maya, community.sam, community.leon
    for who in (maya, sam):
        as_(who).post(f"{workshop}/booking")
    topic = as_(sam).post(f"{workshop}/questions").headers["Location"]
    assert as_(leon).post(f"{topic}/follow").status_code == 303
    add(tom, workshop, "slides.pdf")
    later(minutes=5)
    add(tom, workshop, "handout.pdf")
    assert told(maya) == 0, "more may come"
    later(minutes=15)
    later(minutes=30)
    assert [told(who) for who in (maya, sam, leon)] == [1, 1, 1]
    assert found_in_inbox() == sorted((maya.id, sam.id, leon.id))


def test_nobody_hears_of_files_that_they_may_not_open_or_added_themselves(app, community, as_, tom, workshop):
    maya, sam = community.maya, community.sam
    for who in (maya, sam, community.tom):
        as_(who).post(f"{workshop}/booking")
    add(tom, workshop, "for-us.pdf", audience="facilitators")
    later(minutes=15)
    outbox.deliver()
    sent = select(Mail.user_id).where(Mail.template == "workshop-files", Mail.state == MailState.SENT)
    assert db.session.scalars(sent).all() == [] == found_in_inbox()
    add(tom, workshop, "for-all.pdf")
    later(minutes=45)
    groups.leave(person(sam.id), community.group("policy"))
    db.session.commit()
    with clock.at(TODAY + timedelta(hours=1)):
        outbox.deliver()
    assert db.session.scalars(sent).all() == [maya.id]


def test_a_file_that_one_may_not_open_stays_closed_on_the_page(community, as_, tom, workshop):
    add(tom, workshop, "for-us.pdf", audience="facilitators")
    assert "For us" in see(tom, workshop).words
    assert "For us" not in see(as_(community.maya), workshop).text
    assert "1 file" not in see(as_(community.maya), "/groups/policy/workshops").words


def test_questions_are_one_topic_whoever_begins_it(community, as_, tom, workshop):
    first = as_(community.maya).post(f"{workshop}/questions")
    again = tom.post(f"{workshop}/questions")
    assert "/topics/" in first.headers["Location"] and again.headers["Location"] == workshop
    page = see(as_(community.joanna), workshop)
    assert "Questions: Measures that help" in page.words and "0 replies" in page.words
    assert f'href="{workshop}"' in see(as_(community.maya), first.headers["Location"]).text


def test_afterwards_the_same_page_has_recording_notes_and_what_will_you_try(community, as_, tom, workshop):
    maya = as_(community.maya)
    maya.post(f"{workshop}/booking")
    tom.post(f"{workshop}/questions")
    said = {"recording": "https://video.example.org/1", "notes": "We cut **11** measures."}
    assert tom.post(f"{workshop}/afterwards", data=said).status_code == 303
    assert tom.post(f"{workshop}/afterwards", data={"recording": "ftp://example.org/x"}).status_code == 422
    assert maya.post(f"{workshop}/afterwards", data=said).status_code == 403
    with clock.at(row(workshop).ends_at + timedelta(days=1)):
        page = see(maya, workshop)
        assert "https://video.example.org/1" in page.text and "We cut 11 measures." in page.words
        assert "What will you try?" in page.words and "/replies" in page.text
        assert "Who booked" in page.words and f"{workshop}/booking" not in page.text
        past = see(maya, "/groups/policy/workshops")
        assert "You came" in past.words and "Recording" in past.words


def test_a_file_of_another_group_is_not_on_the_page(community, tom, workshop):
    me, inside = person(community.priya.id), community.group("performance")
    other = add_file(me, inside, io.BytesIO(PDF), "inside.pdf", title="Inside", audience=FileAudience.MEMBERS)
    db.session.add(Material(workshop_id=row(workshop).id, document_id=other.id))
    db.session.commit()
    assert "Inside" not in see(tom, workshop).words
