package dev.flotilla.router.gain;

import dev.flotilla.catalog.Model;
import dev.flotilla.learning.gain.MeasuredGain;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Orders the candidates of a kind of work by what the strong one of two models is foretold to bring
 * for a prompt. Thread-safe.
 *
 * @param cheap at least one, best first
 * @param strong at least one, best first; another one than the first of the cheap ones
 */
public record GainRouter(
    MeasuredGain measured, double threshold, List<Model> cheap, List<Model> strong) {
  public GainRouter {
    cheap = List.copyOf(cheap);
    strong = List.copyOf(strong);
  }

  public GainDecision decide(String prompt) {
    return new GainDecision(measured.gain(prompt), threshold);
  }

  /**
   * The models of whoever was chosen, then the other candidates as they were, then those of the
   * other one: whoever was not chosen may still help when nobody else can.
   */
  public List<Model> ordered(GainDecision decision, List<Model> candidates) {
    var ordered = new LinkedHashSet<>(decision.isStrong() ? strong : cheap);
    ordered.addAll(candidates);
    ordered.addAll(decision.isStrong() ? cheap : strong);
    return List.copyOf(ordered);
  }
}
