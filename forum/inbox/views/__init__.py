"""The addresses of this room."""

from forum.inbox.views import choosing as choosing
from forum.inbox.views import devices as devices
from forum.inbox.views import reading as reading
from forum.inbox.views import stopping as stopping
