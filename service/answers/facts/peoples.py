"""Words for the people and things of a country that do not begin like its name: Danish and Denmark."""

_PEOPLES = """
Denmark Danish Dane Danes; Netherlands Dutch Holland Dutchman; France French Frenchman Frenchwoman Frenchmen;
Switzerland Swiss; Greece Greek Greeks; Britain British Briton Britons UK; Spain Spanish Spaniard Spaniards;
Poland Polish Pole Poles; Turkey Turkish Turk Turks Türkiye Turkiye; Ireland Irish Irishman; Wales Welsh;
Scotland Scottish Scots Scot; England English Englishman; Sweden Swedish Swede Swedes; Finland Finnish Finn Finns;
Norway Norwegian Norwegians; Iceland Icelandic; Portugal Portuguese; Philippines Filipino Filipinos Philippine;
Cyprus Cypriot Cypriots; Thailand Thai Thais; Peru Peruvian; Iraq Iraqi; Congo Congolese; Lebanon Lebanese;
America American Americans US U.S. USA; China Chinese; Japan Japanese; Slovakia Slovak Slovaks; Czechia Czech Czechs;
Serbia Serb Serbs; Croatia Croat Croats; Kurdistan Kurd Kurds Kurdish; Monaco Monegasque;
Argentina Argentine Argentinian; Germany German Germans; Belgium Belgian; Hungary Hungarian; Mexico Mexican;
Flanders Flemish; Crete Cretan; Hamburg Hamburger; Naples Neapolitan; Venice Venetian; Moscow Muscovite
"""
COUNTRIES = {word.casefold(): words.split()[0].casefold() for words in _PEOPLES.split(";") for word in words.split()}
"""The country of each such word, and of its own name; all case-folded."""
