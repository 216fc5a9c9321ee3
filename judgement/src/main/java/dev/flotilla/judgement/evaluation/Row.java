package dev.flotilla.judgement.evaluation;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one way of combining did.
 *
 * @param name of the way, or of a single reviewer
 * @param byJudge by the name of the judge
 * @param byAnyMember counted by the issues of all members of a cluster instead of its
 *     representative's
 * @param f1 where the F1 lies in samples of the pull requests
 * @param strictF1 where the strict F1 lies
 * @param beyondBest by how much the strict F1 is above the best single reviewer's
 * @param usdPerAccepted what the reviewers cost for each thing shown that is right; null when not
 *     known
 * @param chosen by the repository that was left out; empty when nothing was to be chosen
 */
public record Row(
    String name,
    Figures mean,
    Map<String, Figures> byJudge,
    Figures byAnyMember,
    Interval f1,
    Interval strictF1,
    Interval beyondBest,
    @Nullable Double usdPerAccepted,
    Map<String, Choice> chosen) {
  public Row {
    byJudge = Map.copyOf(byJudge);
    chosen = Map.copyOf(chosen);
  }
}
