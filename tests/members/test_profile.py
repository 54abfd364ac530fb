"""Profiles and people: each reader sees what its owner lets them, and nothing shows that there is more (ACC4, PPL2)."""

import io
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from forum.kit.db import db
from forum.models import Expertise, FieldAudience, Group, Kind, Membership, Post, Standing, Topic, User
from tests.conftest import Browser
from tests.members.conftest import enter, someone

SECRETS = {"organisation": "Orgcanary", "job_title": "Jobcanary", "about": "Aboutcanary", "expertise": "tagcanary"}


@pytest.fixture
def noor(empty_app):
    """Someone who says much of herself."""
    user = someone()
    user.organisation, user.job_title = SECRETS["organisation"], SECRETS["job_title"]
    user.about, user.about_html = "Aboutcanary", "<p>Aboutcanary</p>"
    db.session.add(Expertise(user_id=user.id, tag=SECRETS["expertise"]))
    db.session.commit()
    return user


@pytest.fixture
def reader(empty_app, noor):
    """The browser of someone who shares no group with her."""
    return browser_of(empty_app, "Lena Brandt")


def browser_of(app, name):
    someone(name)
    browser = Browser(app)
    enter(browser, f"{name.split()[0].lower()}@example.org")
    return browser


def group(slug, kind, *people, standing=Standing.MEMBER):
    made = Group(slug=slug, name=slug.title(), kind=kind, emblem="X")
    db.session.add(made)
    db.session.flush()
    db.session.add_all(Membership(user_id=user.id, group_id=made.id, standing=standing) for user in people)
    db.session.commit()
    return made


def topic(group, author, title):
    made = Topic(group_id=group.id, n=1, kind="discussion", title=title, author_id=author.id)
    db.session.add(made)
    db.session.flush()
    db.session.add_all(
        Post(
            topic_id=made.id,
            group_id=group.id,
            no=n,
            place=n,
            author_id=author.id,
            body="b",
            html="<p>b</p>",
            renderer=1,
        )
        for n in (0, 1)
    )
    db.session.commit()
    return made


def person(name):
    return db.session.scalars(select(User).where(User.name == name)).one()


def show_to(user, audience):
    for name in SECRETS:
        setattr(user, f"{name}_for", audience)
    db.session.commit()


def test_registered_people_read_a_profile_and_visitors_sign_in_first(empty_app, reader, noor):
    page = reader.get("/people/noor-haddad").text
    assert all(word in page for word in SECRETS.values())
    for place in ("/people/noor-haddad", "/people/nobody-at-all", "/people"):
        reply = Browser(empty_app).get(place)
        assert (reply.status_code, reply.headers["Location"]) == (303, f"/sign-in?next={place}")


@pytest.mark.parametrize("name", list(SECRETS))
def test_a_field_for_nobody_is_absent_not_blank(reader, noor, name):
    setattr(noor, f"{name}_for", FieldAudience.NOBODY)
    db.session.commit()
    without = reader.get("/people/noor-haddad").text
    if name == "expertise":
        db.session.query(Expertise).delete()
    else:
        setattr(noor, name, "")
        noor.about_html = "" if name == "about" else noor.about_html
    db.session.commit()
    assert SECRETS[name] not in without
    assert without == reader.get("/people/noor-haddad").text


def test_a_field_for_her_groups_is_read_by_those_who_share_one(empty_app, reader, noor):
    show_to(noor, FieldAudience.GROUPS)
    page = reader.get("/people/noor-haddad").text
    assert not any(word in page for word in SECRETS.values())
    group("shared", Kind.HIDDEN, noor, person("Lena Brandt"))
    page = reader.get("/people/noor-haddad").text
    assert all(word in page for word in SECRETS.values())


@pytest.mark.parametrize("standing", [Standing.PENDING, Standing.FORMER, Standing.BANNED])
def test_who_is_no_member_shares_no_group(empty_app, reader, noor, standing):
    show_to(noor, FieldAudience.GROUPS)
    made = group("shared", Kind.PRIVATE, noor)
    db.session.add(Membership(user_id=person("Lena Brandt").id, group_id=made.id, standing=standing))
    db.session.commit()
    assert "Orgcanary" not in reader.get("/people/noor-haddad").text


def test_she_sees_all_of_it_herself(empty_app, noor):
    show_to(noor, FieldAudience.NOBODY)
    mine = Browser(empty_app)
    enter(mine)
    assert all(word in mine.get("/people/noor-haddad").text for word in SECRETS.values())


def test_the_list_and_its_search_know_no_more_than_the_page(reader, noor):
    for word in ("Orgcanary", "tagcanary", "canary", "noor"):
        assert 'href="/people/noor-haddad"' in reader.get(f"/people?q={word}").text
    show_to(noor, FieldAudience.NOBODY)
    assert "Orgcanary" not in reader.get("/people").text
    for word in ("Orgcanary", "tagcanary", "canary"):
        assert 'href="/people/noor-haddad"' not in reader.get(f"/people?q={word}").text
    assert 'href="/people/noor-haddad"' in reader.get("/people?q=HADDAD").text


@pytest.mark.parametrize("words", ["%", "_", "'", '"', "\\", "a" * 500, "%00", "x y z " * 50])
def test_odd_words_find_nobody_and_break_nothing(reader, words):
    reply = reader.get("/people", query_string={"q": words})
    assert reply.status_code == 200
    if words in {"%", "_", "\\"}:
        assert 'href="/people/noor-haddad"' not in reply.text


def test_the_list_is_paged_without_losing_or_repeating_anyone(empty_app, reader):
    names = [f"Person {n:03}" for n in range(95)]
    db.session.add_all(copy_of(name, number) for number, name in enumerate(names))
    db.session.commit()
    found, address = [], "/people?q=person"
    while address:
        page = reader.get(address).text
        found += [part.split('"')[0] for part in page.split('<a class="quiet" href="/people/')[1:]]
        address = page.split('href="/people?q=person&amp;after=')[1].split('"')[0] if "&amp;after=" in page else ""
        address = f"/people?q=person&after={address}" if address else ""
    assert found == [f"person-{n:03}" for n in range(95)]


def copy_of(name, number):
    handle = f"person-{number:03}"
    return User(
        name=name,
        handle=handle,
        handle_skeleton=handle,
        email=f"{handle}@example.org",
        fs_uniquifier=handle,
        confirmed_at=person("Noor Haddad").confirmed_at,
    )


def test_unknown_unconfirmed_and_suspended_people_look_alike(empty_app, reader):
    unconfirmed, suspended = someone("Ola Berg", confirmed=False), someone("Piet Smit")
    suspended.active = False
    db.session.commit()
    pages = [reader.get(f"/people/{handle}") for handle in ("nobody-here", unconfirmed.handle, suspended.handle)]
    bodies = {page.get_data(as_text=True).replace(page.headers["X-Request-Id"], "") for page in pages}
    assert [page.status_code for page in pages] == [404] * 3
    assert len(bodies) == 1
    assert "Ola Berg" not in reader.get("/people").text
    assert "Piet Smit" not in reader.get("/people").text


def test_only_groups_and_posts_that_the_reader_may_read_are_named(empty_app, reader, noor):
    lena = person("Lena Brandt")
    topic(group("openly", Kind.OPEN, noor), noor, "Read by all")
    topic(group("closed", Kind.RESTRICTED, noor), noor, "Secretcanary")
    topic(group("ours", Kind.HIDDEN, noor, lena), noor, "Between us")
    page = reader.get("/people/noor-haddad").text
    assert "Read by all" in page and "Between us" in page
    assert "/groups/openly/topics/1/posts/1" in page
    assert "Secretcanary" not in page and "closed" not in page.lower()


def test_what_is_hidden_or_deleted_is_not_named(empty_app, reader, noor):
    made = topic(group("openly", Kind.OPEN, noor), noor, "Hiddencanary")
    made.hidden_at = noor.created_at
    db.session.commit()
    page = reader.get("/people/noor-haddad").text
    assert "Hiddencanary" not in page
    assert "Has not posted in a group you share" in page


def test_a_profile_is_changed_and_its_text_made_safe(empty_app, noor):
    mine = Browser(empty_app)
    enter(mine)
    audiences = dict.fromkeys([f"{name}_for" for name in SECRETS], "registered")
    data = {
        "name": "Noor  Haddad",
        "organisation": "New Place",
        "job_title": "",
        "about": "**Bold** <script>x</script>",
        "expertise": "Run charts, run charts,  AUDIT ",
    }
    assert mine.post("/settings/profile", data={**data, **audiences}).status_code == 303
    page = mine.get("/people/noor-haddad").text
    assert "<strong>Bold</strong>" in page and "<script>x" not in page
    assert "New Place" in page and "Jobcanary" not in page
    assert db.session.scalars(select(Expertise.tag).order_by(Expertise.tag)).all() == ["audit", "run charts"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": ""}, "name"), ({"organisation": "x" * 121}, "organisation"), ({"about": "x" * 4001}, "about"), ({"expertise": ",".join(map(str, range(13)))}, "expertise"),
     ({"expertise": "x" * 41}, "expertise"), ({"about_for": "everyone"}, "about_for"), ({"about": "[" * 3999}, "about")],
)  # fmt: skip
def test_what_is_wrong_with_a_profile_is_said_at_its_field(empty_app, noor, changes, field):
    mine = Browser(empty_app)
    enter(mine)
    data = {"name": "Noor Haddad", **dict.fromkeys([f"{name}_for" for name in SECRETS], "registered"), **changes}
    reply = mine.post("/settings/profile", data=data)
    if field == "about" and changes["about"].startswith("["):
        assert reply.status_code == 303
        return
    assert reply.status_code == 422
    assert f'id="{field}-error"' in reply.text
    db.session.expire_all()
    assert noor.organisation == "Orgcanary"


def test_other_fields_of_the_account_cannot_be_sent_along(empty_app, noor):
    mine = Browser(empty_app)
    enter(mine)
    data = {"name": "Noor Haddad", **dict.fromkeys([f"{name}_for" for name in SECRETS], "registered")}
    mine.post(
        "/settings/profile", data={**data, "admin": "1", "handle": "boss", "email": "x@example.org", "active": "0"}
    )
    db.session.expire_all()
    assert (noor.admin, noor.handle, noor.email, noor.active) == (False, "noor-haddad", "noor@example.org", True)


def test_a_new_organisation_is_counted_in_her_groups(empty_app, noor):
    lena = someone("Lena Brandt")
    made = group("shared", Kind.OPEN, noor, lena)
    mine = Browser(empty_app)
    enter(mine)
    data = {"name": "Noor Haddad", **dict.fromkeys([f"{name}_for" for name in SECRETS], "registered")}
    counts, versions = [], []
    for organisation in ("Elsewhere", lena.organisation, ""):
        mine.post("/settings/profile", data={**data, "organisation": organisation})
        db.session.expire_all()
        counts.append(made.organisation_count)
        versions.append(made.version)
    assert counts == [2, 1, 1]
    assert versions == sorted(set(versions))


def picture(kind="JPEG", size=(640, 480)):
    """A picture that says where it was taken."""
    image, out = Image.new("RGB", size, "teal"), io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "placecanary"
    image.save(out, kind, exif=exif)
    out.seek(0)
    return out


def send_photo(browser, content, name="me.jpg", audience="registered"):
    return browser.post(
        "/settings/photo", data={"photo": (content, name), "photo_for": audience}, content_type="multipart/form-data"
    )


def photo_of(browser, handle="noor-haddad"):
    page = browser.get(f"/people/{handle}").text
    return page.split('src="')[-1].split('"')[0] if "/photo/" in page else None


def test_a_photo_is_made_anew_small_and_without_its_place(empty_app, reader, noor):
    mine = Browser(empty_app)
    enter(mine)
    assert send_photo(mine, picture()).status_code == 303
    reply = reader.get(f"/people/noor-haddad/photo/{noor_key()}.webp")
    assert reply.status_code == 200
    assert reply.mimetype == "image/webp"
    assert reply.headers["Cache-Control"] == "private, no-cache"
    assert b"placecanary" not in reply.data
    assert Image.open(io.BytesIO(reply.data)).size == (256, 256)
    again = reader.get(f"/people/noor-haddad/photo/{noor_key()}.webp", headers={"If-None-Match": reply.headers["ETag"]})
    assert again.status_code == 304


def noor_key():
    db.session.expire_all()
    return db.session.scalars(select(User.photo_key).where(User.handle == "noor-haddad")).one()


def test_a_photo_is_decided_at_each_request(empty_app, reader, noor):
    mine = Browser(empty_app)
    enter(mine)
    send_photo(mine, picture())
    address = f"/people/noor-haddad/photo/{noor_key()}.webp"
    etag = reader.get(address).headers["ETag"]
    send_photo(mine, io.BytesIO(), "", audience="nobody")
    assert reader.get(address, headers={"If-None-Match": etag}).status_code == 404
    assert noor_key() not in reader.get("/people/noor-haddad").text
    assert mine.get(address).status_code == 200
    assert Browser(empty_app).get(address).status_code == 303


def test_a_removed_or_replaced_photo_is_gone(empty_app, reader, noor):
    mine = Browser(empty_app)
    enter(mine)
    send_photo(mine, picture())
    first = noor_key()
    send_photo(mine, picture("PNG"), "me.png")
    second = noor_key()
    assert first != second
    assert reader.get(f"/people/noor-haddad/photo/{first}.webp").status_code == 404
    assert mine.post("/settings/photo/removal").status_code == 303
    assert reader.get(f"/people/noor-haddad/photo/{second}.webp").status_code == 404
    assert list((Path(empty_app.config["FILES_DIR"]) / "portraits").iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"\xff\xd8\xff" + b"x" * 500]
)
def test_what_is_no_picture_is_refused_at_its_field(empty_app, noor, content):
    mine = Browser(empty_app)
    enter(mine)
    reply = send_photo(mine, io.BytesIO(content), "me.jpg")
    assert reply.status_code == 422
    assert 'id="photo-error"' in reply.text
    assert noor_key() is None
