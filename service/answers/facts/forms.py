"""Reduce words to the roots by which sentences are compared: stems, with strong verbs in the present."""

from functools import lru_cache

from onrecord.index.text.terms import stem

_IRREGULAR = """
arise arose arisen; bear bore borne born; beat beaten; become became; begin began begun; bind bound; bite bit
bitten; bleed bled; blow blew blown; break broke broken; breed bred; bring brought; build built; burn burnt; buy
bought; catch caught; choose chose chosen; come came; deal dealt; dig dug; do did done does; draw drew drawn;
dream dreamt; drink drank drunk; drive drove driven; eat ate eaten; fall fell fallen; feed fed; feel felt; fight
fought; find found; flee fled; fly flew flown; forbid forbade forbidden; forget forgot forgotten; forgive
forgave forgiven; freeze froze frozen; get got gotten; give gave given; go went gone; grow grew grown; hang
hung; have had has; hear heard; hide hid hidden; hold held; keep kept; kneel knelt; know knew known; lay laid;
lead led; lean leant; learn learnt; leave left; lend lent; lie lay lain; light lit; lose lost; make made; mean
meant; meet met; pay paid; prove proven; ride rode ridden; ring rang rung; rise rose risen; run ran; say said;
see saw seen; seek sought; sell sold; send sent; shake shook shaken; shine shone; shoot shot; show shown; shrink
shrank shrunk; sing sang sung; sink sank sunk; sit sat; sleep slept; slide slid; speak spoke spoken; speed sped;
spend spent; spin spun; spring sprang sprung; stand stood; steal stole stolen; stick stuck; strike struck;
strive strove striven; swear swore sworn; sweep swept; swim swam swum; swing swung; take took taken; teach
taught; tear tore torn; tell told; think thought; throw threw thrown; undergo underwent undergone; understand
understood; undertake undertook undertaken; wake woke woken; wear wore worn; weave wove woven; win won; withdraw
withdrew withdrawn; withhold withheld; wind wound; write wrote written; man men; woman women; child children;
person people; foot feet; life lives; be is are was were been being; percent pct; dollar dlr dlrs; ton tonne
tonnes; quarter qtr; year yr; decide decided deciding decision; acquire acquired acquiring acquisition; sue sued suing
suit lawsuit; explode explosion; collide collision; lose loss; choose choice; die death; sell sale; invade invasion;
permit permission; extend extension; divide division; destroy destruction; apply application applicant
"""
_BASE = {form: words.split()[0] for words in _IRREGULAR.replace("\n", " ").split(";") for form in words.split()[1:]}


@lru_cache(maxsize=16_384)
def root(folded: str) -> str:
    """Return the root of a case-folded word."""
    return stem(_BASE.get(folded, folded))
