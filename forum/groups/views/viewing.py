"""Starting and ending to look at a group as somebody else."""

from flask import url_for
from wtforms.fields.choices import SelectChoice

from forum.groups import view_as
from forum.groups.blueprint import bp
from forum.groups.forms import ViewAs
from forum.groups.view_as import ROLES
from forum.groups.views.room import AnyReply, done, drawn, leader, refused
from forum.models import Group, Kind

#: what the choice says of each role
HINTS = {
    "visitor": "Without an account, or not signed in.",
    "registered": "Has an account here, and is no member.",
    "pending": "Has asked to join, and waits for an answer.",
    "member": "In the group, without a role.",
}


def _form(group: Group) -> ViewAs:
    form = ViewAs()
    asked = [who for who in ROLES if who != "pending" or group.kind == Kind.RESTRICTED]
    names = {who: ROLES[who].capitalize() for who in asked}
    if group.parent is not None and "registered" in names:
        names["registered"] = f"A member of {group.parent.name} who is not in this group"
    form.who.choices = [SelectChoice(who, name) for who, name in names.items()]
    return form


@bp.get("/groups/<slug>/manage/view-as")
def viewing_as(slug: str) -> str:
    """The choice of whom to look as."""
    me, group = leader(slug)
    return drawn("view_as", me, group, page="view-as", form=_form(group), hints=HINTS)


@bp.post("/groups/<slug>/manage/view-as")
def view_group_as(slug: str) -> AnyReply:
    """Looks at the group as somebody else from now on."""
    me, group = leader(slug)
    form = _form(group)
    if not form.submitted():
        return refused(drawn("view_as", me, group, page="view-as", form=form, hints=HINTS))
    view_as.start(group, form.who.data)
    return done(f"/groups/{slug}")


@bp.post("/groups/<slug>/manage/view-as/end")
def stop_viewing_as(slug: str) -> AnyReply:
    """Looks as oneself again."""
    view_as.stop()
    return done(url_for(".viewing_as", slug=slug))
