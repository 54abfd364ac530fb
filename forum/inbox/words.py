"""What is said of each kind of notice, where it stands, and where it leads."""

from forum.models import Hear

#: sections of the inbox, in their order
SECTIONS = {"needs": "Needs you", "you": "To you", "workshops": "Workshops", "news": "News"}
#: kind of notice -> its section, and what somebody did
SAYS = {
    "request": ("needs", "asked to join"),
    "invitation": ("needs", "invited you to join"),
    "report": ("needs", "Something was reported"),
    "asked": ("needs", "asked you for help"),
    "seat_held": ("needs", "A question to a hot seat waits for you"),
    "mention": ("you", "mentioned you"),
    "reply": ("you", "replied to you"),
    "answer": ("you", "accepted your reply as the answer"),
    "seat_given": ("you", "gave you a hot seat: people ask, and you answer"),
    "seat_yours": ("you", "Your hot seat is open: people wait for your answers"),
    "seat": ("news", "A hot seat is open: ask your question"),
    "workshop": ("workshops", "planned this workshop"),
    "workshop_changed": ("workshops", "changed when or where this workshop is"),
    "workshop_cancelled": ("workshops", "cancelled this workshop"),
    "workshop_place": ("workshops", "gave you a place"),
    "workshop_files": ("workshops", "added files"),
    "workshop_soon": ("workshops", "reminds you of it"),
    "announcement": ("news", "announced this"),
    "post": ("news", "wrote"),
    "tag": ("news", "started this with a tag that you follow"),
    "moved": ("news", "moved what you wrote"),
    "accepted": ("news", "accepted your request to join"),
    "declined": ("news", "declined your request to join"),
    "verdict": ("news", "A report was decided"),
}
#: kinds of a workshop
MEETINGS = [kind for kind, (section, _) in SAYS.items() if section == "workshops"]
#: where those lead that are not of a post, below their group
PLACES = {
    "request": "/manage/requests/{}", "report": "/manage/reports/{}", **dict.fromkeys(MEETINGS, "/workshops/{}"),
    "accepted": "/hearing", **dict.fromkeys(("seat_given", "seat_yours", "seat", "seat_held"), "/topics/{}/questions"),
}  # fmt: skip
#: said where nobody is named
NOBODY = {
    "asked": "You are asked for help", "workshop_place": "You waited, and have a place now",
    "workshop_files": "Files were added", "workshop_soon": "It begins within a day",
}  # fmt: skip


def who(names: list[str]) -> str:
    """'Ruth', 'Ruth and Dan', 'Ruth, Dan and two more'."""
    if len(names) < 3:
        return " and ".join(names)
    return f"{names[0]}, {names[1]} and {'one' if len(names) == 3 else len(names) - 2} more"


def sentence(kind: str, names: list[str]) -> str:
    """What happened, in words: 'Ruth and Dan replied to you'."""
    said = SAYS.get(kind, ("news", "has news for you"))[1]
    return f"{who(names)} {said}" if names else NOBODY.get(kind, said[0].upper() + said[1:])


#: the four choices, in words
CHOICES = {
    Hear.EVERY: "Every new post",
    Hear.REPLIES: "Announcements and replies to me",
    Hear.WEEKLY: "A summary once a week",
    Hear.NOTHING: "Nothing",
}


def per_week(choice: Hear, many: float, daily: bool) -> str:
    """How much mail a choice brings, in words: 'about 12 mails a week'. Together once a day, seven are the most."""
    if choice == Hear.NOTHING:
        return "No mail. Your inbox here still tells you of replies to you"
    if choice == Hear.WEEKLY:
        return "One mail a week at most, none when nothing is new"
    number = round(min(many, 7) if daily else many)
    if many < 1:
        return "Less than one mail a week"
    return f"About {number} mail{'s' if number != 1 else ''} a week"
