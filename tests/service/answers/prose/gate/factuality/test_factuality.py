"""A claim says no more than the evidence does: what governs its words there, it keeps."""

import pytest

from onrecord.service.answers.prose.gate.factuality.factuality import reason_against


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Ada Holt forged the will.", "Police accused Ada Holt of forging the will."),
        ("Ada Holt forged the will.", "Ada Holt was acquitted of forging the will."),
        ("Ada Holt forged the will.", "Ada Holt denies having forged the will."),
        ("Ada Holt forged the will.", "Ada Holt allegedly forged the will."),
        ("Ada Holt forged the will.", "It is not true that Ada Holt forged the will."),
        ("Ada Holt forged the will.", "Nobody has shown that Ada Holt forged the will."),
        ("Ada Holt forged the will.", "Her brother claims that Ada Holt forged the will."),
        ("Ada Holt forged the will.", "Ada Holt forged the will, according to her brother."),
        ("Ada Holt forged the will.", "A novel tells how Ada Holt forged the will."),
        ("Ada Holt forged the will.", "Ada Holt dreamt that she forged the will."),
        ("Ada Holt forged the will.", "Ada Holt almost forged the will."),
        ("Ada Holt forged the will.", "Ada Holt refused to forge the will."),
        ("Ada Holt forged the will.", "Ada Holt promised to forge the will."),
        ("The bank closed.", "The bank will close in May."),
        ("The bank will close.", "The bank will close if the court agrees."),
        ("The bank will close.", "The bank may close."),
        ("The bank closed.", "Had the court agreed, the bank would have closed."),
        # A verb that no table holds governs as well: the world is closed.
        ("The bank closed.", "Ada Holt hallucinated that the bank closed."),
    ],
)
def test_a_claim_that_leaves_out_what_governs_it_is_refused(parser, claim, evidence):
    reason = reason_against(claim, [evidence], parser)
    assert reason is not None
    assert reason.startswith(("it ", "the passage "))


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Ada Holt is accused of forging the will.", "Police accused Ada Holt of forging the will."),
        ("Her brother says that Ada Holt forged the will.", "Her brother claims that Ada Holt forged the will."),
        ("According to her brother, Ada Holt forged the will.", "Ada Holt forged the will, her brother said."),
        ("Ada Holt did not forge the will.", "Ada Holt refused to forge the will."),
        ("Ada Holt forged the will.", "Ada Holt managed to forge the will."),
        ("Ada Holt forged the will.", "Everybody knows that Ada Holt forged the will."),
        ("Ada Holt forged the will.", "Tests proved that Ada Holt forged the will."),
        ("The will was forged by Ada Holt.", "Ada Holt forged the will."),
        ("The bank may close.", "The bank may close if the court agrees."),
        ("If the court agrees, the bank will close.", "The bank will close if the court agrees."),
        ("The bank intends to close.", "The bank plans to close."),
        ("No charges were brought.", "Nobody brought charges."),
    ],
)
def test_a_claim_that_keeps_what_governs_it_is_let_through(parser, claim, evidence):
    assert reason_against(claim, [evidence], parser) is None


def test_a_sentence_of_the_evidence_is_let_through_as_it_stands(parser):
    evidence = ["Police accused Ada Holt of forging the will.", "She denies it."]
    assert [reason_against(sentence, evidence, parser) for sentence in evidence] == [None, None]


def test_a_part_of_a_sentence_is_not_the_sentence(parser):
    assert reason_against("Mayor Holt took bribes.", ["The city denies that Mayor Holt took bribes."], parser)


def test_another_sentence_that_says_so_for_certain_bears_the_claim_out(parser):
    evidence = [
        "Police accused Ada Holt of forging the will.",
        "A court found that Ada Holt had forged the will.",
    ]
    assert reason_against("Ada Holt forged the will.", evidence, parser) is None


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The minister resigned.", "The former minister resigned."),
        ("The doctor sold the pills.", "The self-proclaimed doctor sold the pills."),
        ("The doctor sold the pills.", "The self-styled doctor sold the pills."),
        ("Chief Ada Holt resigned.", "Acting chief Ada Holt resigned."),
        ("The victims have a lawyer.", "The alleged victims have a lawyer."),
        ("The champion Ada Holt resigned.", "The ex-champion Ada Holt resigned."),
        ("The director spoke.", "The deputy director spoke."),
    ],
)
def test_a_noun_does_not_lose_its_qualifier(parser, claim, evidence):
    assert reason_against(claim, [evidence], parser) is not None
    assert reason_against(claim, [claim, evidence], parser) is None


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The villagers support the dam.", "Some of the villagers support the dam."),
        ("All villagers support the dam.", "Many villagers support the dam."),
        ("The dam cost 80 million.", "The dam cost up to 80 million."),
        ("The dam cost 80 million.", "The dam cost nearly 80 million."),
        ("The dam cost at most 80 million.", "The dam cost at least 80 million."),
        ("The dam cost more than 80 million.", "The dam cost 80 million."),
    ],
)
def test_a_part_is_not_the_whole_and_a_bound_is_kept(parser, claim, evidence):
    assert reason_against(claim, [evidence], parser) is not None


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Ada Holt sued Karl Voss.", "Karl Voss sued Ada Holt."),
        ("Ada Holt was sued by Karl Voss.", "Karl Voss was sued by Ada Holt."),
        ("Ada Holt lent Karl Voss a boat.", "Karl Voss lent Ada Holt a boat."),
        ("Ada Holt borrowed a boat from Karl Voss.", "Ada Holt lent Karl Voss a boat."),
        ("The bank paid the clerk.", "The clerk paid the bank."),
        ("The school is larger than the church.", "The church is larger than the school."),
        ("The school is smaller than the church.", "The school is larger than the church."),
    ],
)
def test_nobody_changes_sides(parser, claim, evidence):
    assert reason_against(claim, [evidence], parser) is not None


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Ada Holt was sued by Karl Voss.", "Karl Voss sued Ada Holt."),
        ("Karl Voss, who sued Ada Holt, resigned.", "Karl Voss sued Ada Holt and resigned."),
        ("Ada Holt borrowed a boat from Karl Voss.", "Karl Voss lent Ada Holt a boat."),
        ("The church is smaller than the school.", "The school is larger than the church."),
    ],
)
def test_the_same_sides_may_be_told_another_way(parser, claim, evidence):
    assert reason_against(claim, [evidence], parser) is None


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The police found weapons.", "The police searched the house and found nothing."),
        ("The police suspect Marek Pell.", "The police do not suspect Marek Pell."),
        ("The minister committed fraud.", "There is no evidence that the minister committed fraud."),
        ("The bridge is safe.", "The bridge is far from safe."),
        ("The mayor and her deputy attended.", "Neither the mayor nor her deputy attended."),
        ("Voters backed the plan.", "Hardly any voters backed the plan."),
        ("The board was told.", "The board was not told."),
        ("The dam burst.", "The army prevented the dam from bursting."),
        ("The tower was sold.", "The sale of the tower fell through."),
        ("The tower was sold.", "A sale of the tower is under discussion."),
        ("Rescuers have given up hope.", "Rescuers have all but given up hope."),
        ("The bank will appeal.", "The bank can appeal."),
        ("Ada Holt forged the will.", "Police suspect a cook, whom they have not named, of forging the will."),
        ("Dora Lunt murdered Felix Ray.", "Dora Lunt is on trial for the murder of Felix Ray."),
        ("Ada Holt took bribes.", "The allegation that Ada Holt took bribes proved baseless."),
    ],
)
def test_what_did_not_happen_is_not_told_as_done(parser, claim, evidence):
    assert reason_against(claim, [evidence], parser)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Felix Ray sued Dora Lunt.", "Dora Lunt's suit against Felix Ray was dismissed."),
        ("Kenya invaded Norway.", "Norway's invasion of Kenya began in May."),
        ("Boxler acquired Tenco.", "The acquisition of Boxler by Tenco was approved."),
        ("The World Bank built the dam.", "The dam was built in 1968 by a company with money from the World Bank."),
    ],
)
def test_a_noun_for_an_event_says_who_did_it_too(parser, claim, evidence):
    assert reason_against(claim, [evidence], parser)


def test_a_figure_counts_what_it_counts_in_the_evidence(parser):
    evidence = ["The army has recovered 58 bodies.", "At least 63 people were killed."]
    assert reason_against("63 bodies have been recovered.", evidence, parser)
    assert reason_against("58 bodies have been recovered.", evidence, parser) is None


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The firm did not pay its taxes.", "The firm failed to pay its taxes."),
        ("Neither the mayor nor her deputy came.", "The mayor and her deputy did not come."),
        ("The bank may look for a buyer.", "The bank has not ruled out looking for a buyer."),
        ("Tenco acquired Boxler.", "The acquisition of Boxler by Tenco was completed."),
        ("The ship was broken up in Turkey.", "Insurers refused to pay for the ship, which was scrapped in Turkey."),
        ("The heads were long thought to be copies.", "Historians once believed that the heads were copies."),
        ("The bank could not find staff.", "The bank cannot find staff."),
        ("All nine schools stay open until 2029 at the earliest.", "All nine schools stay open until at least 2029."),
    ],
)
def test_a_paraphrase_that_claims_no_more_is_let_through(parser, claim, evidence):
    assert reason_against(claim, [evidence], parser) is None
