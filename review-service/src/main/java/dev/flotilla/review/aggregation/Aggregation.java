package dev.flotilla.review.aggregation;

import dev.flotilla.review.policy.Policy;
import dev.flotilla.review.reviewer.Ballot;
import dev.flotilla.review.reviewer.Opinion;
import dev.flotilla.review.reviewer.Seat;
import dev.flotilla.review.reviewer.Verdict;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides. The same seats, in whatever order, and the same policy give the same decision, so that
 * it can be replayed from its record.
 */
public final class Aggregation {
  private final Policy policy;
  private final Map<String, Opinion> opinions = new TreeMap<>();
  private final int panel;

  private Aggregation(Policy policy, List<Seat> seats) {
    this.policy = policy;
    this.panel = seats.size();
    for (Seat seat : seats) {
      switch (seat.ballot()) {
        case Ballot.Voted(Opinion opinion) -> opinions.put(seat.id(), opinion);
        case Ballot.Abstained none -> {}
      }
    }
  }

  public static Aggregate of(Policy policy, List<Seat> seats) {
    return new Aggregation(policy, seats).decide();
  }

  private Aggregate decide() {
    Map<Verdict, Integer> votes = votes();
    Verdict most = mostChosen(votes);
    int agreeing = most == null ? 0 : count(votes, most);
    List<String> objections = objections(most, agreeing);
    if (most == null || !objections.isEmpty()) {
      return aggregate(new Decision.Escalated(most), most, votes, objections);
    }
    String reason = agreeing + " of " + panel + " reviewers say " + most.word() + ".";
    return aggregate(new Decision.Decided(most), most, votes, List.of(reason));
  }

  private Aggregate aggregate(
      Decision decision,
      @Nullable Verdict most,
      Map<Verdict, Integer> votes,
      List<String> reasons) {
    return new Aggregate(
        decision,
        votes,
        panel - opinions.size(),
        score(),
        share(votes.values().stream().max(Integer::compare).orElse(0)),
        dissent(most),
        reasons);
  }

  /** Why no decision can be made without a person; empty when it can. */
  private List<String> objections(@Nullable Verdict most, int agreeing) {
    if (opinions.size() < policy.agree()) {
      return List.of(
          opinions.size()
              + " of "
              + panel
              + " reviewers voted, "
              + policy.agree()
              + " are needed; abstentions are not approvals.");
    }
    var objections = new ArrayList<String>();
    if (agreeing < policy.agree()) {
      objections.add("No verdict has the " + policy.agree() + " votes it needs.");
    }
    List<String> alarmed =
        opinions.entrySet().stream()
            .filter(vote -> vote.getValue().seesBlocker())
            .map(Map.Entry::getKey)
            .toList();
    if (alarmed.size() == 1) {
      objections.add(
          alarmed.getFirst() + " alone sees a blocker, and a lone blocker is never dropped.");
    } else if (!alarmed.isEmpty() && most == Verdict.APPROVE) {
      objections.add("Approved by most, but " + String.join(" and ", alarmed) + " see blockers.");
    }
    return objections;
  }

  private Map<Verdict, Integer> votes() {
    var votes = new EnumMap<Verdict, Integer>(Verdict.class);
    for (Verdict verdict : Verdict.values()) {
      votes.put(verdict, 0);
    }
    opinions.values().forEach(opinion -> votes.merge(opinion.verdict(), 1, Integer::sum));
    return votes;
  }

  /** Null when two verdicts share the first place, or nobody voted. */
  private static @Nullable Verdict mostChosen(Map<Verdict, Integer> votes) {
    int most = votes.values().stream().max(Integer::compare).orElse(0);
    List<Verdict> first =
        votes.keySet().stream().filter(verdict -> count(votes, verdict) == most).toList();
    return first.size() == 1 ? first.getFirst() : null;
  }

  private static int count(Map<Verdict, Integer> votes, Verdict verdict) {
    return votes.getOrDefault(verdict, 0);
  }

  private List<String> dissent(@Nullable Verdict most) {
    if (most == null) {
      return List.of();
    }
    return opinions.entrySet().stream()
        .filter(vote -> vote.getValue().verdict() != most)
        .map(Map.Entry::getKey)
        .toList();
  }

  private @Nullable BigDecimal score() {
    if (opinions.isEmpty()) {
      return null;
    }
    BigDecimal sum =
        opinions.values().stream().map(Opinion::score).reduce(BigDecimal.ZERO, BigDecimal::add);
    return sum.divide(BigDecimal.valueOf(opinions.size()), 4, RoundingMode.HALF_EVEN);
  }

  private BigDecimal share(int votes) {
    return BigDecimal.valueOf(votes)
        .divide(BigDecimal.valueOf(Math.max(1, panel)), 4, RoundingMode.HALF_EVEN);
  }
}
