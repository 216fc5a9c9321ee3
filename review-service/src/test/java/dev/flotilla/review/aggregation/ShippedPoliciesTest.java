package dev.flotilla.review.aggregation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.judgement.Check;
import dev.flotilla.judgement.finding.Finding;
import dev.flotilla.judgement.finding.Severity;
import dev.flotilla.kit.json.Json;
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
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ShippedPoliciesTest {
  private static final Policies POLICIES = Policies.read(Path.of("../config/review-policies"));
  private static final Ballot ABSTAINED = new Ballot.Abstained("timeout", "too slow");
  private static final Ballot APPROVES = says(Verdict.APPROVE);
  private static final Ballot WANTS_CHANGES = says(Verdict.REQUEST_CHANGES);
  private static final Ballot REJECTS = says(Verdict.REJECT);
  private static final Ballot ALARMED = says(Verdict.REJECT, blocker("the key is in the log"));
  private static final List<Check> FAILED =
      List.of(new Check("json-parses", false, "line 3"), new Check("non-empty", true, ""));

  @Test
  void these_are_shipped() {
    assertEquals(
        Set.of("any-blocker", "two-of-three", "unanimous", "union", "weighted"),
        new TreeSet<>(POLICIES.all().stream().map(Policy::name).toList()));
  }

  @Test
  void unanimous_takes_all_three_and_an_abstention_is_none_of_them() {
    Aggregate all = decide("unanimous", APPROVES, APPROVES, APPROVES);
    assertEquals(new Decision.Decided(Verdict.APPROVE), all.decision());
    assertEquals(List.of("3 of 3 reviewers say approve."), all.reasons());
    assertEquals(
        new Decision.Escalated(Verdict.APPROVE),
        decide("unanimous", APPROVES, APPROVES, WANTS_CHANGES).decision());
    assertEquals(
        new Decision.Escalated(Verdict.APPROVE),
        decide("unanimous", APPROVES, APPROVES, ABSTAINED).decision());
  }

  @Test
  void any_blocker_lets_two_who_see_one_request_changes_against_the_votes() {
    Ballot alarmedApproval = says(Verdict.APPROVE, blocker("the key is in the log"));
    Aggregate aggregate = decide("any-blocker", alarmedApproval, APPROVES, alarmedApproval);
    assertEquals(new Decision.Decided(Verdict.REQUEST_CHANGES), aggregate.decision());
    assertEquals(3, aggregate.dissent().size(), "nobody said that");
    assertEquals(
        new Decision.Escalated(Verdict.APPROVE),
        decide("any-blocker", APPROVES, APPROVES, ALARMED).decision());
    assertEquals(
        new Decision.Decided(Verdict.REJECT),
        decide("any-blocker", ALARMED, APPROVES, ALARMED).decision());
    assertEquals(
        new Decision.Decided(Verdict.APPROVE),
        decide("any-blocker", APPROVES, APPROVES, WANTS_CHANGES).decision());
  }

  @Test
  void weighted_asks_how_sure_and_how_far_ahead() {
    Aggregate two = decide("weighted", APPROVES, APPROVES, WANTS_CHANGES);
    assertEquals(new Decision.Decided(Verdict.APPROVE), two.decision());
    assertEquals(
        List.of(
            "approve is sure to 0.9100, the next verdict to 0.7000; 2 of 3 reviewers say approve."),
        two.reasons());
    assertEquals(
        new Decision.Escalated(null),
        decide("weighted", APPROVES, WANTS_CHANGES, REJECTS).decision());
    assertEquals(
        new Decision.Escalated(Verdict.APPROVE),
        decide("weighted", APPROVES, ABSTAINED, ABSTAINED).decision());
  }

  @Test
  void weighted_believes_one_it_can_trust_more_than_two_it_cannot() {
    Policy policy =
        Policies.of(
            "mine",
            "panel: {size: 3}\nagree: 2\nrule: weighted\n"
                + "weights: {usual: {vote: 0.2}, reviewers: {m/reviewer_3: {vote: 0.95}}}\n");
    Aggregate aggregate =
        Aggregation.of(policy, seats(APPROVES, APPROVES, WANTS_CHANGES), List.of());
    assertEquals(new Decision.Decided(Verdict.REQUEST_CHANGES), aggregate.decision());
    assertTrue(aggregate.reasons().getFirst().endsWith("1 of 3 reviewers say request_changes."));
    assertEquals(2, aggregate.dissent().size());
  }

  @Test
  void union_decides_nothing() {
    Aggregate aggregate = decide("union", APPROVES, APPROVES, APPROVES);
    assertEquals(new Decision.Escalated(null), aggregate.decision());
    assertTrue(aggregate.reasons().getFirst().contains("a person decides"));
  }

  @Test
  void a_failed_check_is_not_outvoted() {
    for (String policy : List.of("two-of-three", "unanimous", "any-blocker", "weighted")) {
      Aggregate aggregate =
          Aggregation.of(named(policy), seats(APPROVES, APPROVES, APPROVES), FAILED);
      assertEquals(new Decision.Decided(Verdict.REQUEST_CHANGES), aggregate.decision(), policy);
      assertEquals(
          "Check json-parses failed, and no vote outweighs that: line 3",
          aggregate.reasons().getFirst());
      assertEquals(3, aggregate.dissent().size());
      assertEquals(
          new Decision.Decided(Verdict.REJECT),
          Aggregation.of(named(policy), seats(REJECTS, REJECTS, REJECTS), FAILED).decision());
      assertEquals(
          new Decision.Decided(Verdict.REQUEST_CHANGES),
          Aggregation.of(named(policy), seats(ABSTAINED, ABSTAINED, ABSTAINED), FAILED).decision());
    }
  }

  @Test
  void findings_about_the_same_are_one_with_who_said_it_and_who_did_not() {
    Ballot one =
        says(
            Verdict.REQUEST_CHANGES,
            new Finding(
                Severity.MAJOR, null, "a/B.java", 10, "userName may be null here", "e1", "check"));
    Ballot other =
        says(
            Verdict.REQUEST_CHANGES,
            new Finding(
                Severity.BLOCKER,
                null,
                "B.java",
                11,
                "userName can be null and throws",
                "e2",
                null),
            new Finding(Severity.MINOR, null, "C.java", 1, "the title is misspelt", "e3", null));
    Aggregate aggregate = decide("two-of-three", one, ABSTAINED, other);
    MergedFinding merged = aggregate.findings().getFirst();
    assertEquals(List.of("reviewer_1", "reviewer_3"), merged.cluster().saidBy());
    assertEquals(Severity.BLOCKER, merged.cluster().severity());
    assertEquals("e2", merged.cluster().shown().evidence());
    assertEquals(List.of(), merged.notSaidBy(), "who abstained did not look");
    assertEquals(new BigDecimal("0.6750"), merged.confidence());
    assertEquals(List.of("reviewer_1"), aggregate.findings().get(1).notSaidBy());
    assertEquals(new BigDecimal("0.2500"), aggregate.findings().get(1).confidence());
  }

  @Test
  void of_random_panels_every_policy_keeps_the_promises() throws Exception {
    var random = new Random(20_261_122);
    for (Policy policy : POLICIES.all()) {
      for (int i = 0; i < 500; i++) {
        var seats = new ArrayList<>(seats(any(random), any(random), any(random)));
        List<Check> checks = random.nextInt(3) == 0 ? FAILED : List.of();
        Aggregate aggregate = Aggregation.of(policy, seats, checks);
        String text = Json.text(AggregateJson.of(aggregate));
        Collections.shuffle(seats, random);
        assertEquals(
            text, Json.text(AggregateJson.of(Aggregation.of(policy, seats, checks))), policy::name);
        List<Opinion> opinions =
            seats.stream()
                .map(Seat::ballot)
                .filter(Ballot.Voted.class::isInstance)
                .map(ballot -> ((Ballot.Voted) ballot).opinion())
                .toList();
        if (opinions.stream().filter(Opinion::seesBlocker).count() == 1
            || policy.name().equals("union")) {
          boolean failedWithoutBlocker =
              !checks.isEmpty() && opinions.stream().noneMatch(Opinion::seesBlocker);
          if (!failedWithoutBlocker || policy.name().equals("union")) {
            assertInstanceOf(Decision.Escalated.class, aggregate.decision(), seats::toString);
          }
        }
        if (aggregate.decision() instanceof Decision.Decided(Verdict verdict)) {
          long dissenting = opinions.stream().filter(o -> o.verdict() != verdict).count();
          assertEquals(dissenting, aggregate.dissent().size(), seats::toString);
          if (verdict == Verdict.APPROVE) {
            assertTrue(checks.isEmpty(), seats::toString);
            assertFalse(opinions.stream().anyMatch(Opinion::seesBlocker), seats::toString);
            assertTrue(opinions.size() - dissenting >= 1, seats::toString);
          }
        }
        int said = opinions.stream().mapToInt(opinion -> opinion.findings().size()).sum();
        int kept = aggregate.findings().stream().mapToInt(f -> f.cluster().members().size()).sum();
        assertEquals(said, kept, "nothing is dropped");
      }
    }
  }

  private static Ballot any(Random random) {
    if (random.nextInt(5) == 0) {
      return ABSTAINED;
    }
    String[] claims = {
      "the key is in the log", "a key is written to the log", "the total is wrong", "a typo"
    };
    Finding[] findings = new Finding[random.nextInt(4)];
    for (int i = 0; i < findings.length; i++) {
      findings[i] =
          new Finding(
              Severity.values()[random.nextInt(3)],
              null,
              null,
              random.nextBoolean() ? null : random.nextInt(30),
              claims[random.nextInt(claims.length)],
              "",
              null);
    }
    return says(Verdict.values()[random.nextInt(3)], findings);
  }

  private static Policy named(String policy) {
    return POLICIES.named(policy).orElseThrow();
  }

  private static Aggregate decide(String policy, Ballot... ballots) {
    return Aggregation.of(named(policy), seats(ballots));
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

  private static Ballot says(Verdict verdict, Finding... findings) {
    return new Ballot.Voted(
        new Opinion(verdict, new BigDecimal("0.5"), new BigDecimal("0.9"), List.of(findings)));
  }

  private static Finding blocker(String claim) {
    return new Finding(Severity.BLOCKER, null, null, null, claim, "evidence", null);
  }
}
