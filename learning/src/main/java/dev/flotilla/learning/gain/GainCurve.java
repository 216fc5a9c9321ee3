package dev.flotilla.learning.gain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How much of the gap between two models a router closes, by the share of prompts it sends to the
 * strong one. Definitions as in Ong et al., RouteLLM (2024), section 2.2.
 *
 * @param apgr the average of the closed gap over all shares: 0.5 for chance
 * @param cpt50 the share of strong calls that closes half of the gap
 * @param cpt80 the share that closes 80 % of it
 */
public record GainCurve(double apgr, double cpt50, double cpt80) {
  /** Sends those to the strong model first for whom the most was foretold. */
  static GainCurve of(List<Withheld> foretold) {
    var order = new ArrayList<>(foretold);
    order.sort(Comparator.comparingDouble(Withheld::gain).reversed());
    double gap = order.stream().mapToDouble(each -> each.pair().gain()).sum();
    double closed = 0;
    double area = 0;
    double cpt50 = 1;
    double cpt80 = 1;
    for (int i = 0; i < order.size(); i++) {
      double before = closed;
      closed += order.get(i).pair().gain() / gap;
      area += (before + closed) / 2 / order.size();
      double share = (i + 1.0) / order.size();
      cpt50 = closed >= 0.5 ? Math.min(cpt50, share) : cpt50;
      cpt80 = closed >= 0.8 ? Math.min(cpt80, share) : cpt80;
    }
    return new GainCurve(area, cpt50, cpt80);
  }

  static GainCurve mean(List<GainCurve> curves) {
    return new GainCurve(
        curves.stream().mapToDouble(GainCurve::apgr).average().orElse(0),
        curves.stream().mapToDouble(GainCurve::cpt50).average().orElse(0),
        curves.stream().mapToDouble(GainCurve::cpt80).average().orElse(0));
  }
}
