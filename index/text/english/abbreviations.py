"""Words that are written with a full stop which ends no sentence, by what may follow them."""

from onrecord.index.text.english.calendar import MONTH_SHORT_FORMS, WEEKDAY_SHORT_FORMS
from onrecord.index.text.english.word_sets import word_set

_DATES = frozenset(short.capitalize() for short in MONTH_SHORT_FORMS | WEEKDAY_SHORT_FORMS)

BEFORE_NAMES = word_set(
    "Mr Mrs Ms Mx Dr Drs Prof Profs Sen Sens Rep Reps Gov Govs Gen Gens Lt Lieut Col Cols Sgt Capt Maj Cmdr Cdr Cpl "
    "Pvt Pfc Spc Adm Brig Rev Hon Pres Amb Messrs Mme Mlle Sra Supt Insp Det Atty Asst Assoc Fr Hr Ald Treas vs e.g "
    "i.e cf viz approx ca incl esp E.g I.e им ул просп акад проф см рис напр вул ім"
)
"""Titles, ranks and other abbreviations that are never the last word of a sentence, Russian and Ukrainian ones too."""
BEFORE_NUMBERS = word_set("No Nos no nos Nr nr Art art Arts Fig fig Figs pp p vol Vol Ch ch sec par para № ст")
"""Abbreviations that stand before a number, so that a word behind them begins another sentence."""
AMBIGUOUS = _DATES | word_set(
    "Inc Corp Ltd Co Cos Bros Plc LLC Jr Sr St Ste Mt Ft Ave Blvd Rd Hwy Rte Dept Depts Assn Univ Inst Intl Natl Esq "
    "al Ala Ariz Ark Calif Cal Colo Conn Del Fla Ga Ill Ind Kan Kans Ky La Md Mass Mich Minn Miss Mo Mont Neb Nebr Nev "
    "Okla Ore Pa Penn Tenn Tex Va Vt Wash Wis Wisc Wyo Ont Que Alta Sask Man Dist Cir Ct Cmte Comm Sec Ed Eds Bldg Ph"
)
"""Abbreviations that may be the last word of a sentence, so that the next word decides."""
TIMES_OF_DAY = ("a.m", "p.m", "A.M", "P.M")
TIME_ZONES = word_set(
    "EST EDT ET CST CDT CT MST MDT MT PST PDT PT GMT UTC BST CET CEST EET EEST MSK WAT IST Eastern Central Mountain "
    "Pacific Greenwich Moscow Kyiv Kiev London Washington Beijing Tokyo"
)
"""Words that belong to the time of day before them: a time zone, or the place whose time is given."""
INSIDE_SENTENCES = frozenset(short.capitalize() for short in MONTH_SHORT_FORMS) | word_set(
    "Mr Mrs Ms Dr Sen Sens Rep Reps Gov Govs Gen Lt Col Capt Maj Sgt Adm Prof Rev Hon Pres St Jr Sr Mt vs Inc Corp Co "
    "Ltd No"
)
"""Abbreviations that are one word together with their full stop, wherever they stand in a sentence."""
DOMAINS = word_set("Com Org Net Gov Edu Co Io Js Uk Eu Ru Ua De Fr Info Tv")
"""Words with a capital that a full stop joins to the word before, as in "Booking.Com"."""
