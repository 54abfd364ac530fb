"""What a lower floor says, and a higher one may hear, without the lower knowing of it."""

from blinker import Namespace

_ours = Namespace()

#: mail was queued, and its transaction has committed. Sent by outbox with the app; heard by jobs
mail_waits = _ours.signal("mail waits")
#: people are to be told of a post, and its transaction has committed. Sent by discussions with the app; heard by jobs
news_waits = _ours.signal("news waits")
#: slides are to be made of a file, and its transaction has committed. Sent by uploads with the app; heard by jobs
preview_waits = _ours.signal("preview waits")
#: files are to be checked for viruses, and their transaction has committed. Sent by uploads with the app; heard by jobs
scan_waits = _ours.signal("scan waits")
#: an account was confirmed, and is registered from now on. Sent by members with the person; heard by groups
person_confirmed = _ours.signal("person confirmed")
#: a statement was run by the driver, without SQLAlchemy. Sent by hot with its SQL; heard by tests that count
statement_run = _ours.signal("statement run")
