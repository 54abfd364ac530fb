"""Letters that look alike, and what they are taken for. Enough for names; after casefold and NFKD."""

import unicodedata

# Each row: the letter meant, then those that pass for it in common fonts.
LOOKALIKES = """
a аαɑ
b вβьƅ
c сϲ
d ԁđð
e еεєҽ
f ƒϝ
g ɡԍ
h һнհħ
j јϳ
k кκ
l 1i|ıіιӏłǀ
m м
n ηոпɴ
o 0оοσօø
p рρ
q ԛզ
r гɾ
s ѕꜱ
t тτŧ
u υμսц
v νѵ
w ωԝѡա
x хχ
y уγү
z ᴢ
ae æ
oe œ
ss ß
th þ
"""
PAIRS = (("rn", "m"), ("vv", "w"))


def _table() -> dict[int, str]:
    rows = [row.split() for row in LOOKALIKES.strip().splitlines()]
    return {ord(letter): meant for meant, letters in rows for letter in letters}


TABLE = _table()


def skeleton(text: str) -> str:
    """What a hasty reader takes the text for. Two names with one skeleton can be mistaken for each other.

    Case, accents, spaces, hyphens and invisible characters do not count; 0 is o; 1, i and l are one letter.
    """
    bare = unicodedata.normalize("NFKC", text).casefold()
    bare = unicodedata.normalize("NFKD", bare).casefold()
    bare = "".join(letter for letter in bare if unicodedata.category(letter)[0] not in "MCZ" and letter not in "-_.'’")
    bare = bare.translate(TABLE)
    for pair, single in PAIRS:
        bare = bare.replace(pair, single)
    return bare
