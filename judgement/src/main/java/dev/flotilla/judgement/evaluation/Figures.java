package dev.flotilla.judgement.evaluation;

import java.util.Collection;

/** Means over judges and, where there are several, over panels or reviewers. */
public record Figures(
    double precision, double recall, double f1, double strictPrecision, double strictF1) {
  static Figures of(Tally tally) {
    return new Figures(
        tally.precision(), tally.recall(), tally.f1(), tally.strictPrecision(), tally.strictF1());
  }

  static Figures mean(Collection<Figures> all) {
    double count = Math.max(1, all.size());
    double precision = 0;
    double recall = 0;
    double f1 = 0;
    double strictPrecision = 0;
    double strictF1 = 0;
    for (Figures each : all) {
      precision += each.precision / count;
      recall += each.recall / count;
      f1 += each.f1 / count;
      strictPrecision += each.strictPrecision / count;
      strictF1 += each.strictF1 / count;
    }
    return new Figures(precision, recall, f1, strictPrecision, strictF1);
  }
}
