package dev.flotilla.review.aggregation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.judgement.finding.Finding;
import dev.flotilla.judgement.finding.Severity;
import dev.flotilla.review.policy.Policies;
import dev.flotilla.review.policy.Policy;
import dev.flotilla.review.reviewer.Ballot;
import dev.flotilla.review.reviewer.Opinion;
import dev.flotilla.review.reviewer.Seat;
import dev.flotilla.review.reviewer.Spending;
import dev.flotilla.review.reviewer.Verdict;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** With the policy we ship. */
class AggregationTest {
  private static final Policy TWO_OF_THREE =
      Policies.read(Path.of("../config/review-policies")).named("two-of-three").orElseThrow();
  private static final Ballot ABSTAINED = new Ballot.Abstained("timeout", "too slow");

  @Test
  void two_of_three_decide_and_the_third_ones_dissent_is_kept() {
    Aggregate aggregate =
        decide(
            says(Verdict.APPROVE),
            says(Verdict.REQUEST_CHANGES, Severity.MAJOR),
            says(Verdict.APPROVE));
    assertEquals(new Decision.Decided(Verdict.APPROVE), aggregate.decision());
    assertEquals(
        List.of("reviewer_2"), aggregate.dissent().stream().map(Dissent::reviewer).toList());
    assertEquals(new BigDecimal("0.6667"), aggregate.agreement());
    assertEquals(List.of("2 of 3 reviewers say approve."), aggregate.reasons());
  }

  @Test
  void an_abstention_is_not_an_approval() {
    assertEquals(
        new Decision.Escalated(Verdict.APPROVE),
        decide(says(Verdict.APPROVE), ABSTAINED, ABSTAINED).decision());
    Aggregate two = decide(says(Verdict.APPROVE), ABSTAINED, says(Verdict.APPROVE));
    assertEquals(new Decision.Decided(Verdict.APPROVE), two.decision());
    assertEquals(new BigDecimal("0.6667"), two.agreement(), "two of three is not unanimous");
    assertEquals(1, two.abstained());
  }

  @Test
  void a_lone_blocker_escalates_whatever_the_others_say() {
    Aggregate aggregate =
        decide(
            says(Verdict.APPROVE), says(Verdict.APPROVE), says(Verdict.REJECT, Severity.BLOCKER));
    assertEquals(new Decision.Escalated(Verdict.APPROVE), aggregate.decision());
    assertTrue(aggregate.reasons().getFirst().contains("reviewer_3 alone sees a blocker"));
  }

  @Test
  void two_who_see_blockers_are_heard() {
    assertEquals(
        new Decision.Decided(Verdict.REJECT),
        decide(
                says(Verdict.APPROVE),
                says(Verdict.REJECT, Severity.BLOCKER),
                says(Verdict.REJECT, Severity.BLOCKER))
            .decision());
  }

  @Test
  void nobody_agrees_with_nobody() {
    Aggregate aggregate =
        decide(says(Verdict.APPROVE), says(Verdict.REQUEST_CHANGES), says(Verdict.REJECT));
    assertEquals(new Decision.Escalated(null), aggregate.decision());
  }

  @Test
  void of_two_thousand_panels_every_decision_keeps_the_promises() {
    var random = new Random(20_261_121);
    for (int i = 0; i < 2_000; i++) {
      var seats = new ArrayList<>(seats(anyBallot(random), anyBallot(random), anyBallot(random)));
      Aggregate aggregate = Aggregation.of(TWO_OF_THREE, seats);
      assertEquals(aggregate, Aggregation.of(TWO_OF_THREE, seats), "the same again");
      Collections.shuffle(seats, random);
      assertEquals(aggregate, Aggregation.of(TWO_OF_THREE, seats), "order does not matter");
      assertFalse(aggregate.reasons().isEmpty());
      List<Opinion> opinions = opinions(seats);
      long alarmed = opinions.stream().filter(Opinion::seesBlocker).count();
      if (opinions.size() < 2 || alarmed == 1) {
        assertInstanceOf(Decision.Escalated.class, aggregate.decision(), seats::toString);
      }
      if (aggregate.decision() instanceof Decision.Decided(Verdict verdict)) {
        long agreeing = opinions.stream().filter(o -> o.verdict() == verdict).count();
        assertTrue(agreeing >= 2, seats::toString);
        assertEquals(opinions.size() - agreeing, aggregate.dissent().size(), seats::toString);
        assertFalse(verdict == Verdict.APPROVE && alarmed > 0, seats::toString);
      }
    }
  }

  private static Aggregate decide(Ballot... ballots) {
    return Aggregation.of(TWO_OF_THREE, seats(ballots));
  }

  private static List<Seat> seats(Ballot... ballots) {
    var seats = new ArrayList<Seat>();
    for (Ballot ballot : ballots) {
      String id = "reviewer_" + (seats.size() + 1);
      seats.add(
          new Seat(id, "m/" + id, "f", List.of(), ballot, Spending.NONE, Duration.ofMillis(5)));
    }
    return seats;
  }

  private static Ballot says(Verdict verdict, Severity... severities) {
    return says(verdict, new BigDecimal("0.5"), severities);
  }

  private static Ballot says(Verdict verdict, BigDecimal score, Severity... severities) {
    List<Finding> findings =
        Stream.of(severities)
            .map(severity -> new Finding(severity, null, null, null, "claim", "evidence", null))
            .toList();
    return new Ballot.Voted(new Opinion(verdict, score, new BigDecimal("0.9"), findings));
  }

  private static Ballot anyBallot(Random random) {
    if (random.nextInt(5) == 0) {
      return ABSTAINED;
    }
    Severity[] severities = new Severity[random.nextInt(3)];
    for (int i = 0; i < severities.length; i++) {
      severities[i] = Severity.values()[random.nextInt(3)];
    }
    return says(
        Verdict.values()[random.nextInt(3)],
        BigDecimal.valueOf(random.nextInt(1_001), 3),
        severities);
  }

  private static List<Opinion> opinions(List<Seat> seats) {
    var opinions = new ArrayList<Opinion>();
    for (Seat seat : seats) {
      if (seat.ballot() instanceof Ballot.Voted(Opinion opinion)) {
        opinions.add(opinion);
      }
    }
    return opinions;
  }
}
