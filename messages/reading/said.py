"""What can one clause say about coming?"""

from dataclasses import dataclass

# What can be denied or affirmed about coming.
HEADS = ("come", "can", "able", "want", "approach", "leave", "allow", "sure", "ok")
# Insyaallah with a verb of coming is a promise, with "bisa" or alone it is none (FACTS 5, rule 3).
COMES, CAN = "says she comes", "says she can"
EXCUSED, AT_AN_HOUR = "asks to be excused", "comes only at that hour"


@dataclass(frozen=True, slots=True)
class Said:
    """What a clause says, whether plainly, and why we think so.

    Kinds: no, bare_no, other_no, if_not, excuse · yes, means, wants, longs, nod, here · late, stand_in, maybe, twice ·
    ask, if, past, elsewhen, nothing, unclear.
    """

    kind: str
    plain: bool = True
    why: str = ""

    def unsure(self) -> "Said":
        return Said(self.kind, False, self.why)
