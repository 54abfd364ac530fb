"""Texts of about 500 characters, as Markdown and as the HTML that the site's own renderer makes of it."""

import random

from forum.kit import text

VOCABULARY = """
the a of and to in we for is on that with our it this as be are by from or an at have not but they you can
which their one all measure review team group member question answer handover record audit plan goal manager
staff service client report budget training workshop slide note meeting agenda policy practice evidence
outcome target indicator quality risk safeguarding referral caseload supervision feedback survey interview
pilot partner council trust region district office volunteer trustee board funder grant contract tender
supplier baseline quarter deadline milestone change design prototype user journey form letter template list
checklist process step owner decision reason example experience lesson problem approach method tool sheet
column total share average trend chart figure number sample group-wide local national public open closed early
late small large first second third new old good better useful clear simple honest careful practical monthly
weekly yearly shared agreed written short long ask tell show write read count compare collect discuss agree
decide begin finish improve explain keep drop send bring use try learn notice expect need help work happen
matter change since before after while because though instead together again often sometimes usually never
always perhaps rather quite almost nearly only also still even both each every many few several
"""
WORDS = VOCABULARY.split()
#: a few words stand in most sentences, most words in few
WEIGHTS = [1 / (rank + 3) for rank in range(len(WORDS))]
RARE = [
    f"{a}{b}{c}"
    for a in ("quar", "bel", "tor", "fen", "mid")
    for b in ("ami", "ova", "ise")
    for c in ("ton", "ley", "by", "worth")
]
PLAIN, SPECIAL = 2_000, 400

Block = tuple[str, str]


class Writer:
    """Makes texts out of a stock of paragraphs, lists and quotes that were rendered once."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.paragraphs = [_rendered(self._paragraph()) for _ in range(PLAIN)]
        self.specials = [_rendered(self._special()) for _ in range(SPECIAL)]

    def write(self) -> Block:
        """A text and its HTML; 500 characters on average."""
        chance = self.chance
        blocks = chance.choices(self.paragraphs, k=chance.choice((1, 2, 3, 3, 4)))
        if chance.random() < 0.45:
            blocks.insert(1, chance.choice(self.specials))
        return "\n\n".join(block[0] for block in blocks), "".join(block[1] for block in blocks)

    def sentence(self, least: int = 6, most: int = 15) -> str:
        """A sentence, without its full stop."""
        words = self.chance.choices(WORDS, WEIGHTS, k=self.chance.randint(least, most))
        if self.chance.random() < 0.05:
            words.insert(2, self.chance.choice(RARE))
        return " ".join(words).capitalize()

    def _paragraph(self) -> str:
        said = [self.sentence() + "." for _ in range(self.chance.randint(2, 4))]
        if self.chance.random() < 0.2:
            said[0] = f"**{said[0]}**"
        if self.chance.random() < 0.15:
            said.append("See [our notes](https://example.org/notes).")
        return " ".join(said)

    def _special(self) -> str:
        if self.chance.random() < 0.6:
            return "\n".join(f"- {self.sentence(4, 9)}" for _ in range(self.chance.randint(3, 4)))
        return f"> {self.sentence(10, 20)}."


def _rendered(source: str) -> Block:
    return source, str(text.render(source))
