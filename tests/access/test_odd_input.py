"""Whatever an address or a form says, nobody meets an error of ours for it (security.md 25, 26)."""

import pytest

from forum.kit.db import db

HUGE = "9" * 22
ADDRESSES = (
    "/groups?q=%00", "/groups?subject=%00", "/groups?after=%00/x", "/groups/policy%00", "/groups/policy?tag=%00",
    "/groups/policy?before=%C2%B2-1", "/groups/policy?before=99999999999999999-1", "/groups/new?parent=%00",
    "/groups/policy/members?q=%00", "/groups/policy/members?organisation=%00", "/groups/policy/members?after=x/%00",
    "/groups/policy/library?folder=%00", "/groups/policy/library?tag=%00&by=%00&workshop=%00", f"/groups/policy/library?after={HUGE}", f"/groups/policy/library/{HUGE}",
    f"/groups/policy/library/1/versions/{HUGE}/download", f"/groups/policy/topics/1?page={HUGE}&post={HUGE}",
    f"/groups/policy/topics/1/new?after=-{HUGE}", f"/groups/policy/topics/1/new?after={HUGE}",
    f"/groups/policy/topics/1/replies?to={HUGE}", f"/groups/policy/topics/1/replies?to=-{HUGE}",
    "/search?q=%00", "/search?q=audit%00%22*&kind=%00&group=%00&after=%00", f"/search?q=audit&kind=talk&after=policy/{HUGE}/{HUGE}",
    "/search?q=ruth&kind=people&after=%00", "/search?q=%F0%9F%A6%98%CC%81%22-&sort=best", "/people?q=%00", "/people/maya%00", "/people/maya/photo/%00", "/invitations/%00", "/confirm/%00", "/reset/%00",
    "/groups/policy/manage/people?q=%00", "/groups/policy/manage/people/%00", "/groups/policy/manage/requests/%00",
    "/groups/policy/manage/log?action=%00", f"/groups/policy/manage/log?page={HUGE}", "/static/x/%00",
)  # fmt: skip
FORMS = (
    ("/groups", {"name": "Small letters", "summary": "x", "kind": "open", "emblem": "ßßß", "hue": "1"}),
    ("/groups/policy/manage/settings", {"name": "Policy", "summary": "x", "emblem": "ΐΐΐ", "hue": "1"}),
    ("/groups/policy/manage/sub-groups/performance/owner", {"owner-performance-handle": "\0"}),
    ("/groups/policy/manage/people/tom/role", {"role": "\0"}),
    ("/groups/policy/manage/invitations/link", {"link-max_uses": "9" * 5000}),
    ("/groups/policy/library/1/versions", {"file": "text, not a file"}),
    ("/groups/policy/library/new", {"offered": HUGE, "kept": HUGE, "audience": "members"}),
    ("/groups/policy/topics/1/answer", {"no": HUGE}),
    ("/groups/policy/topics/1/replies", {"body": "Words", "to": "999999999", "kept": HUGE}),
    ("/groups/policy/topics/draft", {"title": "T", "body": "a\0b"}),
    ("/groups/policy/preview", {"body": "a\0b @maya"}),
    ("/groups/policy/preview", {"body": "@x " * 200_000}),
    ("/settings/photo", {"photo": "text, not a picture", "photo_for": "registered"}),
    ("/settings/appearance", {"theme": "\0", "timezone": "\0"}),
)  # fmt: skip


@pytest.fixture
def failing(app, as_, community):
    """Those requests of a person that met an error of ours."""
    app.testing = False
    yield lambda who, asked: [each for each in asked if _status(as_(who and getattr(community, who)), *each) >= 500]
    app.testing = True


def _status(browser, address, data=None):
    try:
        return (browser.get(address) if data is None else browser.post(address, data=data)).status_code
    finally:
        db.session.rollback()


@pytest.mark.parametrize("who", [None, "ruth"])
def test_no_address_breaks_a_page(failing, who):
    assert failing(who, [(address,) for address in ADDRESSES]) == []


def test_no_form_breaks_a_page(failing):
    assert failing("ruth", FORMS) == []
