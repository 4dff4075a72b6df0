"""Common first names of men and of women, without those that both have, and the short forms of first names."""

from onrecord.index.text.english.word_sets import word_set

MALE = word_set(
    "adam aaron abdul abraham adrian ahmed alan albert alexander alexei ali allen anatoly andre andrei andrew andrii "
    "andriy andy angus antonio anthony antony arnold arthur barack barry ben benjamin bernard bernie bill billy bob "
    "boris brad brandon brian bruce bryan carl carlos charles charlie chris christian christopher chuck clarence cory "
    "craig dan daniel dave david dean dennis derek dick dmitri dmitry dmytro donald donny doug douglas ed eddie "
    "edward edwin elijah elon emmanuel eric ernest ethan eugene evan fernando francis francois frank franklin fred "
    "frederick friedrich gary gavin geoffrey george gerald gerard giorgio giuseppe glenn gordon graham greg gregory "
    "guy hans harold harry henry herbert herman howard hugh hugo ian igor isaac ivan jack jacob jake james jamal "
    "jared jason jean jeb jeff jeffrey jeremy jerome jerry jim jimmy joe joel johan johannes john johnny jon jonathan "
    "jorge jose josef joseph josh joshua juan justin karl keith keir ken kenneth kevin kirill konstantin kyle larry "
    "lars lawrence lee leo leon leonard leonid lindsey lloyd lou louis luis luke lyndon malcolm manuel marc marco "
    "marcus mario mark martin marvin matt matthew maurice max maxim michael mick miguel mike mikhail mitch mitt "
    "mohamed mohammad mohammed morgan muhammad mykhailo mykola nathan neil newt nicholas nick nicolas nigel nikolai "
    "noah norman oleg oleh oleksandr oleksii oleksiy oliver omar oscar otto patrick paul pavel pedro pete peter petro "
    "phil philip phillip pierre rafael ralph rand raul ray raymond ricardo richard rick robert robby roberto rodrigo "
    "roger roman ron ronald ross roy rudolph rudy rupert russell rustem scott salvador sanjay ryan sadiq sam samuel "
    "sergei sergey sergii serhii serhiy seth sean shane shaun simon stanley stefan stephen steve steven stuart taras "
    "ted terrence terry theodore thomas tim timothy toby todd tom tommy tony travis trevor tyler viktor vincent "
    "vitali vitalii vitaliy vladimir volodymyr walter wayne wesley will william wolfgang xavier yevhen yuri yurii "
    "yuriy zach zachary"
)
FEMALE = word_set(
    "abigail agnes alexandra alexandria alice alicia alison allison amanda amber amelia amy ana andrea angela anita "
    "ann anna anne annalena annie april ashley audrey barbara beatrice becky bella beth betsy betty beverly bonnie "
    "brenda bridget brittany camila carla carly carol carole caroline carolyn catherine cathy celia charlotte cheryl "
    "chloe christiana christina christine cindy claire claudia condoleezza connie cynthia daisy dana danielle dawn "
    "debbie deborah denise diana diane dianne dolores donna doris dorothy edith eileen elaine eleanor elena elina "
    "elise elizabeth ella ellen emily emma erica erin esther eva eve evelyn fiona florence frances gabriella gail "
    "gina giorgia gisele gloria grace greta gwen hannah harriet heather heidi helen helena hillary holly huma ingrid "
    "irene irina iris iryna isabel isabella ivana ivanka jackie jacqueline jane janet janice jean jeanne jennifer "
    "jenny jessica jill joan joanna joanne josephine joy joyce juanita judith judy julia julie kaja kamala karen "
    "karine kate katherine kathleen kathy katie katrina kay kayla kelly kellyanne kelsey kim kimberly kirsten kristen "
    "kristin laura lauren leah lena leslie lilian linda lisa liz liza lois loretta lori louise lucy lydia lynn "
    "madeleine maggie margaret maria mariam marianne marie marilyn marina marjorie martha mary maureen megan megyn "
    "melania melanie melissa mercedes mia michelle mika miriam molly monica nadia nancy naomi natalia natalie natasha "
    "nicole nicola nikki nina nora norma oksana olena olga olha olivia pamela patricia paula pauline peggy penny "
    "phyllis priscilla rachel rebecca renee rita roberta robin rosa rose rosemary ruth sabrina sally samantha sandra "
    "sara sarah sharon sheila shirley sonia sophia sophie stacey stephanie sue susan susana susanna suzanne svetlana "
    "sylvia tamara tammy tanya tara teresa theresa tina tiffany tulsi ursula valentina valerie vanessa vera veronica "
    "victoria viktoriia violet virginia vivian wanda wendy yulia yuliia yvette yvonne zoe"
)

_SHORT_FORMS = (
    "william:bill/will/billy robert:bob/bobby/rob richard:dick/rick/rich michael:mike/mick james:jim/jimmy joseph:joe "
    "thomas:tom/tommy theodore:ted anthony:tony daniel:dan/danny david:dave stephen:steve/steven christopher:chris "
    "matthew:matt benjamin:ben samuel:sam edward:ed/eddie jeffrey:jeff gregory:greg kenneth:ken ronald:ron donald:don "
    "timothy:tim andrew:andy nicholas:nick peter:pete philip:phil charles:charlie/chuck bernard:bernie "
    "elizabeth:liz/beth/betty katherine:kate/kathy/katie susan:sue deborah:debbie jennifer:jen patricia:pat "
    "lawrence:larry gerald:jerry albert:al alexander:alex joshua:josh zachary:zach frederick:fred henry:hank "
    "john:jack/johnny jonathan:jon abraham:abe willard:mitt newton:newt "
)
NICKNAMES = {
    short: name for entry in _SHORT_FORMS.split() for name, shorts in [entry.split(":")] for short in shorts.split("/")
}
"""Each short form of a first name with the name that it stands for."""
