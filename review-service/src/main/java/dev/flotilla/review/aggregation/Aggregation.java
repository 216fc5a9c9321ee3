package dev.flotilla.review.aggregation;

import dev.flotilla.judgement.Check;
import dev.flotilla.judgement.finding.Cluster;
import dev.flotilla.judgement.finding.Merging;
import dev.flotilla.judgement.finding.Said;
import dev.flotilla.judgement.reliability.NoisyOr;
import dev.flotilla.review.policy.Policy;
import dev.flotilla.review.policy.Risk;
import dev.flotilla.review.policy.Rule;
import dev.flotilla.review.policy.Veto;
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
 * Decides. The same seats, in whatever order, the same checks and the same policy give the same
 * decision, so that it can be replayed from its record.
 */
public final class Aggregation {
  private static final int DECIMALS = 4;

  private final Policy policy;
  private final Risk risk;
  private final List<Check> checks;
  private final Map<String, Opinion> opinions = new TreeMap<>();
  private final Map<String, String> models = new TreeMap<>();
  private final int panel;

  /**
   * What the votes come to, before blockers and checks are looked at.
   *
   * @param verdict null when none is ahead
   * @param objection why it is no decision; null when it is one
   */
  private record Outcome(@Nullable Verdict verdict, @Nullable String objection, String reason) {}

  private Aggregation(Policy policy, List<Seat> seats, List<Check> checks, Risk risk) {
    this.policy = policy;
    this.risk = risk;
    this.checks = List.copyOf(checks);
    this.panel = seats.size();
    for (Seat seat : seats) {
      models.put(seat.id(), seat.model());
      switch (seat.ballot()) {
        case Ballot.Voted(Opinion opinion) -> opinions.put(seat.id(), opinion);
        case Ballot.Abstained none -> {}
      }
    }
  }

  /** When nothing was checked. */
  public static Aggregate of(Policy policy, List<Seat> seats) {
    return of(policy, seats, List.of());
  }

  /** With the usual risk. */
  public static Aggregate of(Policy policy, List<Seat> seats, List<Check> checks) {
    return of(policy, seats, checks, Risk.LOW);
  }

  public static Aggregate of(Policy policy, List<Seat> seats, List<Check> checks, Risk risk) {
    return new Aggregation(policy, seats, checks, risk).decide();
  }

  private Aggregate decide() {
    var reasons = new ArrayList<String>();
    Decision decision = asRiskAdmits(decision(reasons), reasons);
    Verdict followed =
        switch (decision) {
          case Decision.Decided(Verdict verdict) -> verdict;
          case Decision.Escalated(Verdict proposal) -> proposal;
        };
    Map<Verdict, Integer> votes = votes();
    return new Aggregate(
        decision,
        votes,
        panel - opinions.size(),
        score(),
        share(votes.values().stream().max(Integer::compare).orElse(0)),
        findings(),
        dissent(followed),
        reasons,
        checks);
  }

  /** Where much is at stake only a panel of one mind approves. */
  private Decision asRiskAdmits(Decision decision, List<String> reasons) {
    if (risk == Risk.HIGH
        && decision instanceof Decision.Decided(Verdict verdict)
        && verdict == Verdict.APPROVE
        && count(votes(), Verdict.APPROVE) < panel) {
      reasons.add("The risk is high, and not all " + panel + " reviewers approve.");
      return new Decision.Escalated(Verdict.APPROVE);
    }
    return decision;
  }

  /** Adds why. */
  private Decision decision(List<String> reasons) {
    Outcome outcome = outcome();
    List<String> alarmed = alarmed();
    List<String> failed = failedChecks();
    if (vetoed(outcome, alarmed)) {
      reasons.add(String.join(" and ", alarmed) + " see blockers, and changes are requested.");
      reasons.addAll(failed);
      return new Decision.Decided(Verdict.REQUEST_CHANGES);
    }
    List<String> objections = objections(outcome, alarmed);
    Verdict verdict = outcome.verdict();
    // Nothing turns what a check has failed into an approval, not even a proposal of one.
    Verdict held =
        failed.isEmpty() || verdict == Verdict.REJECT ? verdict : Verdict.REQUEST_CHANGES;
    if (!objections.isEmpty() && (failed.isEmpty() || alarmed.size() == 1 || reports())) {
      reasons.addAll(objections);
      reasons.addAll(failed);
      return new Decision.Escalated(reports() ? null : held);
    }
    reasons.addAll(failed);
    reasons.addAll(objections);
    if (!objections.isEmpty() || held == null) {
      return new Decision.Decided(Verdict.REQUEST_CHANGES);
    }
    reasons.add(outcome.reason());
    return new Decision.Decided(held);
  }

  private Outcome outcome() {
    return switch (policy.rule()) {
      case Rule.Votes votes -> byVotes();
      case Rule.Weighted weighted -> byWeight(weighted);
      case Rule.Report report ->
          new Outcome(
              null, "Policy " + policy.name() + " collects findings, a person decides.", "");
    };
  }

  private boolean reports() {
    return policy.rule() instanceof Rule.Report;
  }

  private boolean vetoed(Outcome outcome, List<String> alarmed) {
    boolean rejected = outcome.objection() == null && outcome.verdict() == Verdict.REJECT;
    return policy.veto().then() == Veto.Then.REQUEST_CHANGES
        && alarmed.size() >= policy.veto().blockers()
        && !rejected
        && !reports();
  }

  /** Why a person has to decide; empty when the votes do. */
  private static List<String> objections(Outcome outcome, List<String> alarmed) {
    var objections = new ArrayList<String>();
    if (outcome.objection() != null) {
      objections.add(outcome.objection());
    }
    if (alarmed.size() == 1) {
      objections.add(
          alarmed.getFirst() + " alone sees a blocker, and a lone blocker is never dropped.");
    } else if (!alarmed.isEmpty() && outcome.verdict() == Verdict.APPROVE) {
      objections.add("Approved by most, but " + String.join(" and ", alarmed) + " see blockers.");
    }
    return objections;
  }

  private List<String> failedChecks() {
    return checks.stream()
        .filter(check -> !check.passed())
        .map(
            check ->
                "Check "
                    + check.name()
                    + " failed, and no vote outweighs that"
                    + (check.detail().isEmpty() ? "." : ": " + check.detail()))
        .toList();
  }

  private Outcome byVotes() {
    Map<Verdict, Integer> votes = votes();
    Verdict most = mostChosen(votes);
    if (opinions.size() < policy.agree()) {
      return new Outcome(most, tooFew(), "");
    }
    int agreeing = most == null ? 0 : count(votes, most);
    if (most == null || agreeing < policy.agree()) {
      return new Outcome(most, "No verdict has the " + policy.agree() + " votes it needs.", "");
    }
    return new Outcome(
        most, null, agreeing + " of " + panel + " reviewers say " + most.word() + ".");
  }

  private Outcome byWeight(Rule.Weighted rule) {
    var sure = new EnumMap<Verdict, BigDecimal>(Verdict.class);
    for (Verdict verdict : Verdict.values()) {
      double[] trusted =
          opinions.entrySet().stream()
              .filter(vote -> vote.getValue().verdict() == verdict)
              .mapToDouble(vote -> policy.weights().of(model(vote.getKey())).vote())
              .toArray();
      sure.put(verdict, rounded(NoisyOr.of(trusted)));
    }
    List<BigDecimal> sorted = sure.values().stream().sorted().toList();
    BigDecimal first = sorted.getLast();
    BigDecimal second = sorted.get(sorted.size() - 2);
    Verdict surest =
        first.compareTo(second) == 0
            ? null
            : sure.entrySet().stream()
                .filter(each -> each.getValue().compareTo(first) == 0)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    if (opinions.size() < policy.agree()) {
      return new Outcome(surest, tooFew(), "");
    }
    if (surest == null) {
      return new Outcome(null, "No verdict is surer than the others.", "");
    }
    String how =
        "%s is sure to %s, the next verdict to %s"
            .formatted(surest.word(), first.toPlainString(), second.toPlainString());
    boolean enough =
        first.compareTo(BigDecimal.valueOf(rule.enough())) >= 0
            && first.subtract(second).compareTo(BigDecimal.valueOf(rule.lead())) >= 0;
    return enough
        ? new Outcome(
            surest,
            null,
            "%s; %d of %d reviewers say %s."
                .formatted(how, count(votes(), surest), panel, surest.word()))
        : new Outcome(
            surest,
            "%s; needed are %s and a lead of %s.".formatted(how, rule.enough(), rule.lead()),
            "");
  }

  private String tooFew() {
    return opinions.size()
        + " of "
        + panel
        + " reviewers voted, "
        + policy.agree()
        + " are needed; abstentions are not approvals.";
  }

  private List<String> alarmed() {
    return opinions.entrySet().stream()
        .filter(vote -> vote.getValue().seesBlocker())
        .map(Map.Entry::getKey)
        .toList();
  }

  private List<MergedFinding> findings() {
    var said = new ArrayList<Said>();
    opinions.forEach(
        (reviewer, opinion) ->
            opinion.findings().forEach(finding -> said.add(new Said(reviewer, finding))));
    List<String> voters = List.copyOf(opinions.keySet());
    return new Merging(policy.mergeAt())
        .merged(said).stream()
            .map(
                cluster ->
                    new MergedFinding(cluster, cluster.notSaidBy(voters), confidence(cluster)))
            .toList();
  }

  private BigDecimal confidence(Cluster cluster) {
    return rounded(
        NoisyOr.of(
            cluster.members().stream()
                .mapToDouble(
                    member ->
                        policy
                            .weights()
                            .of(model(member.reviewer()))
                            .in(member.finding().severity()))
                .toArray()));
  }

  private String model(String reviewer) {
    return models.getOrDefault(reviewer, "");
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

  private List<Dissent> dissent(@Nullable Verdict followed) {
    if (followed == null) {
      return List.of();
    }
    return opinions.entrySet().stream()
        .filter(vote -> vote.getValue().verdict() != followed)
        .map(
            vote ->
                new Dissent(vote.getKey(), vote.getValue().verdict(), vote.getValue().findings()))
        .toList();
  }

  private @Nullable BigDecimal score() {
    if (opinions.isEmpty()) {
      return null;
    }
    BigDecimal sum =
        opinions.values().stream().map(Opinion::score).reduce(BigDecimal.ZERO, BigDecimal::add);
    return sum.divide(BigDecimal.valueOf(opinions.size()), DECIMALS, RoundingMode.HALF_EVEN);
  }

  private BigDecimal share(int votes) {
    return BigDecimal.valueOf(votes)
        .divide(BigDecimal.valueOf(Math.max(1, panel)), DECIMALS, RoundingMode.HALF_EVEN);
  }

  private static BigDecimal rounded(double share) {
    return BigDecimal.valueOf(share).setScale(DECIMALS, RoundingMode.HALF_EVEN);
  }
}
