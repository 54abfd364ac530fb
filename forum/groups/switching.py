"""The form of a group's switches."""

from wtforms import BooleanField, IntegerField
from wtforms.validators import NumberRange, Optional

from forum.kit.forms import Form

#: a month
MOST_HOURS = 720


class Switches(Form):
    """What only facilitators may do, whether members invite, when others are asked to help, and how often all hear."""

    facilitators_start = BooleanField("Only facilitators start topics")
    facilitators_upload = BooleanField("Only facilitators add files")
    members_invite = BooleanField("Members may invite")
    offer_after = IntegerField(
        "Hours until an unanswered question is offered to people who may know",
        [Optional(), NumberRange(0, MOST_HOURS, f"Write a number of hours from 0 to {MOST_HOURS}")],
    )
    announce_after = IntegerField(
        "Hours from one announcement to the next, at least",
        [Optional(), NumberRange(0, MOST_HOURS, f"Write a number of hours from 0 to {MOST_HOURS}")],
    )
