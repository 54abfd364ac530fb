"""Every page template once or more: who opens it, at which address, and what its title begins with."""

from typing import NamedTuple


class Stop(NamedTuple):
    """A page on the way through the site. `name` "" = a visitor."""

    name: str
    address: str
    title: str


MANAGE, FILE = "/groups/performance/manage", "/groups/performance/library/1"
DECK = "/groups/performance/library/2"
TOPIC = "/groups/performance/topics/3"

STOPS = [
    # visitors
    Stop("", "/", "Welcome"),
    Stop("", "/sign-in", "Sign in"),
    Stop("", "/register", "Register"),
    Stop("", "/reset", "Choose a new password"),
    Stop("", "/reset/no-such-link", "This link does not work any more"),
    Stop("", "/confirm", "Get a new link"),
    Stop("", "/mail-sent/confirm", "Look into your mail"),
    Stop("", "/groups", "Groups"),
    Stop("", "/groups/commissioning", "Commissioning and Contracts"),
    Stop("", "/groups/service-design", "Service Design Peers"),
    Stop("", "/groups/service-design/topics/3", "Has anyone tested plain-language letters"),
    Stop("", "/groups/service-design/library", "Library – Service Design Peers"),
    Stop("", "/search?q=plain", "plain – Search"),
    Stop("", "/about/access", "Who can see what"),
    Stop("", "/about/guidelines", "Guidelines"),
    Stop("", "/about/privacy", "What we keep"),
    Stop("", "/about/accessibility", "Accessibility"),
    Stop("", "/about/help", "Help"),
    # a member
    Stop("maya", "/", "Home"),
    Stop("maya", "/groups", "Groups"),
    Stop("maya", "/groups?q=falconry", "Groups"),
    Stop("maya", "/groups/new", "Start a group"),
    Stop("maya", "/groups/performance", "Performance Management"),
    Stop("maya", "/groups/performance?show=unanswered", "Performance Management: unanswered"),
    Stop("maya", TOPIC, "Our audit sheet went from 40 questions to 6."),
    Stop("maya", f"{TOPIC}/replies?to=4", "Reply to Hugh Pemberton, post 4"),
    Stop("maya", "/groups/performance/topics/new", "New post in Performance Management"),
    Stop("maya", "/groups/performance/library", "Library – Performance Management"),
    Stop("maya", FILE, "Audit sheet, six questions"),
    Stop("maya", DECK, "Measures that help: slides"),
    Stop("maya", f"{DECK}/slides/2", "Slide 2: Slide of the demo, 2"),
    Stop("maya", "/groups/performance/library/new", "Add files"),
    Stop("ruth", "/groups/performance/library?folder=Workshops&by=ruth&sort=title", "Library – Performance Management"),
    Stop("ruth", "/groups/performance/library/moving?n=1&n=2", "Move to a folder – Performance Management"),
    Stop("maya", "/groups/performance/library/moving?n=1", "Move to a folder – Performance Management"),
    Stop("maya", "/groups/performance/library/zip?folder=Nowhere", "Nothing to download – Performance Management"),
    Stop("ruth", "/groups/performance/library/details?n=1&n=2&n=4", "Say what these are – Performance Management"),
    Stop("ruth", "/groups/performance/library/folder?name=Workshops", "Rename a folder – Performance Management"),
    Stop("maya", "/groups/performance/members", "Members – Performance Management"),
    Stop("maya", "/groups/performance/about", "About – Performance Management"),
    Stop("maya", "/groups/indicators", "Indicator Definitions"),
    Stop("maya", "/search", "Search"),
    Stop("maya", "/search?q=audit", "audit – Search"),
    Stop("maya", "/search?q=slide&kind=files", "slide – Search"),
    Stop("maya", "/search?q=ruth&kind=people", "ruth – Search"),
    Stop("maya", "/search?q=xylophonist", "xylophonist – Search"),
    Stop("maya", "/search?q=a", "a – Search"),
    Stop("maya", "/people", "People"),
    Stop("maya", "/people?q=falconry", "People"),
    Stop("maya", "/people/ruth", "Ruth Castellan"),
    Stop("maya", "/settings/profile", "Your profile"),
    Stop("maya", "/settings/photo", "Your photo"),
    Stop("maya", "/settings/appearance", "Appearance"),
    Stop("maya", "/settings/account", "Your account"),
    Stop("maya", "/settings/sessions", "Where you are signed in"),
    Stop("maya", "/nowhere", "We can’t show you this page"),
    # someone outside
    Stop("sam", "/groups/performance", "Performance Management"),
    Stop("sam", "/groups/performance/library/4", "Four types of performance measures: handout"),
    Stop("leon", "/groups/performance", "Performance Management"),
    Stop("omar", "/groups/reorganisation", "Shared Services Reorganisation"),
    # a facilitator and owner
    Stop("ruth", f"{TOPIC}", "Our audit sheet went from 40 questions to 6."),
    Stop("ruth", f"{TOPIC}/edit", "Change title or tags"),
    Stop("ruth", f"{TOPIC}/posts/0/deletion", "Delete the opening post"),
    Stop("ruth", "/groups/performance/topics/6/posts/0/edit", "Edit the opening post"),
    Stop("ruth", "/groups/performance/topics/6/posts/0/history", "What changed in the opening post"),
    Stop("ruth", f"{FILE}/edit", "Change title and details"),
    Stop("ruth", f"{FILE}/versions", "Add a new version"),
    Stop("ruth", f"{FILE}/audience", "Change who can open it"),
    Stop("ruth", DECK, "Measures that help: slides"),
    Stop("ruth", f"{DECK}/slides/2/text", "Change the words of slide 2"),
    Stop("ruth", f"{DECK}/receipts", "Who opened this file"),
    Stop("ruth", f"{FILE}/hiding", "Hide this file"),
    Stop("ruth", f"{FILE}/removal", "Delete this file"),
    Stop("ruth", MANAGE, "Manage – Performance Management"),
    Stop("ruth", f"{MANAGE}/requests", "Requests – Performance Management"),
    Stop("ruth", f"{MANAGE}/invitations", "Invitations – Performance Management"),
    Stop("ruth", f"{MANAGE}/people", "People – Performance Management"),
    Stop("ruth", f"{MANAGE}/people/maya", "Maya Okafor – Performance Management"),
    Stop("ruth", f"{MANAGE}/settings", "Settings – Performance Management"),
    Stop("ruth", f"{MANAGE}/reach", "Who sees it – Performance Management"),
    Stop("ruth", f"{MANAGE}/reach/preview?kind=open", "What would change – Performance Management"),
    Stop("ruth", f"{MANAGE}/sub-groups", "Sub-groups – Performance Management"),
    Stop("ruth", f"{MANAGE}/log", "Log – Performance Management"),
    Stop("ruth", f"{MANAGE}/view-as", "View as – Performance Management"),
]

#: pages with all there is on them, for what need not be tried everywhere
RICH = [
    Stop("", "/sign-in", "Sign in"),
    Stop("maya", "/", "Home"),
    Stop("maya", "/groups", "Groups"),
    Stop("maya", "/groups/performance", "Performance Management"),
    Stop("maya", TOPIC, "Our audit sheet went from 40 questions to 6."),
    Stop("maya", "/groups/performance/topics/new", "New post in Performance Management"),
    Stop("maya", "/groups/performance/library", "Library – Performance Management"),
    Stop("maya", DECK, "Measures that help: slides"),
    Stop("maya", "/search?q=slide&kind=files", "slide – Search"),
    Stop("ruth", f"{MANAGE}/requests", "Requests – Performance Management"),
]
