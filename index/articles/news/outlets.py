"""The best known sources of news, each as it spells its own name."""

import re
from typing import Final

# The keys are names in lower case without spaces and marks.
_OUTLETS: Final = {
    re.sub(r"\W", "", alias.casefold()): name
    for name, aliases in {
        "Al Jazeera": "Al Jazeera|Aljazeera|Al-Jazeera|Al Jazeera English|aljazeera.com",
        "Reuters": "Reuters|Reuter|Thomson Reuters|reuters.com",
        "Associated Press": "AP|Associated Press|The Associated Press|AP News",
        "AFP": "AFP|Agence France-Presse|Agence France Presse",
        "UPI": "UPI|United Press International",
        "DPA": "DPA|dpa",
        "ANSA": "ANSA",
        "EFE": "EFE",
        "TASS": "TASS|ITAR-TASS",
        "RIA Novosti": "RIA Novosti",
        "Interfax": "Interfax",
        "Interfax-Ukraine": "Interfax-Ukraine",
        "Ukrinform": "Ukrinform",
        "Xinhua": "Xinhua|Xinhua News Agency",
        "Anadolu": "Anadolu|AA|Anadolu Agency",
        "PTI": "PTI|Press Trust of India",
        "ANI": "ANI",
        "IANS": "IANS",
        "NAN": "NAN|News Agency of Nigeria",
        "PA Media": "PA Media|Press Association",
        "Kyodo": "Kyodo|Kyodo News",
        "Yonhap": "Yonhap",
        "Bloomberg": "Bloomberg|Bloomberg News",
        "BBC": "BBC|BBC News|BBC World",
        "CNN": "CNN|cnn.com",
        "Fox News": "Fox News",
        "CBS News": "CBS|CBS News",
        "NBC News": "NBC|NBC News",
        "ABC News": "ABC|ABC News",
        "NPR": "NPR",
        "Politico": "Politico|POLITICO",
        "Axios": "Axios",
        "The Hill": "The Hill",
        "Sky News": "Sky News",
        "Deutsche Welle": "DW|Deutsche Welle",
        "France 24": "France 24|France24",
        "Euronews": "Euronews",
        "The Guardian": "The Guardian|Guardian",
        "The Times": "The Times",
        "The New York Times": "The New York Times|New York Times|NYT",
        "The Washington Post": "The Washington Post|Washington Post",
        "The Wall Street Journal": "The Wall Street Journal|Wall Street Journal|WSJ",
        "USA Today": "USA Today|USATODAY",
        "Financial Times": "Financial Times|FT",
        "The Independent": "The Independent",
        "The Telegraph": "The Telegraph|Telegraph",
        "Kyiv Independent": "Kyiv Independent|The Kyiv Independent",
        "Kyiv Post": "Kyiv Post",
        "Ukrainska Pravda": "Ukrainska Pravda",
        "RT": "RT",
        "Newsweek": "Newsweek",
        "HuffPost": "HuffPost|Huffington Post|The Huffington Post",
        "Breitbart": "Breitbart|Breitbart News",
        "Forbes": "Forbes",
        "CNBC": "CNBC",
    }.items()
    for alias in aliases.split("|")
}


def outlet_of(name: str) -> str | None:
    """Return the name of a known source as the source spells it, or None."""
    return _OUTLETS.get(re.sub(r"\W", "", name.casefold())) if len(name) <= 60 else None
