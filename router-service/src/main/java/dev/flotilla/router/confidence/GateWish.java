package dev.flotilla.router.confidence;

import dev.flotilla.catalog.Model;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.learning.BadData;
import dev.flotilla.learning.confidence.Calibration;
import dev.flotilla.learning.confidence.ConfidenceModel;
import dev.flotilla.learning.confidence.Thresholds;
import dev.flotilla.router.exchange.TaskType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code confidence} of a task type as {@code routing.yaml} has it.
 *
 * @param model file beside it that {@code ./fleet train confidence} made
 * @param accept share of the accepted answers that are to be good, 0.97 when nothing is said
 * @param samples 2 when a second answer may be asked for, which is so when nothing is said, or 1
 * @param stated whether what an answer states of itself is looked at
 */
public record GateWish(
    @Nullable String model, @Nullable Double accept, @Nullable Integer samples, boolean stated) {
  private static final double USUAL = 0.97;

  private static final String MAKE_ONE = "./fleet train confidence --data FILE";

  /**
   * The gates that are wished for.
   *
   * @param place where it is written, with the file
   * @param routing {@code routing.yaml} itself
   * @param tiers the task type's candidates, those of one entry together; the last are not doubted
   * @throws ConfigurationException naming the place, what was found and what to write instead
   */
  public Gates gates(String place, Path routing, TaskType type, List<List<Model>> tiers) {
    ConfidenceModel learned = learned(place, routing);
    double wanted = accept == null ? USUAL : accept;
    if (!ConfidenceModel.WANTED.contains(wanted)) {
      throw new ConfigurationException(
          place + ".accept is " + wanted + "; write one of " + ConfidenceModel.WANTED);
    }
    if (samples != null && samples != 1 && samples != 2) {
      throw new ConfigurationException(
          place + ".samples is " + samples + "; write 2, or 1 to never ask a second time");
    }
    if (tiers.size() < 2) {
      throw new ConfigurationException(
          place
              + " doubts answers, but nobody else can be asked; write a second entry into candidates"
              + " or leave confidence out");
    }
    var stronger = new HashSet<>(tiers.getLast());
    var gates = new HashMap<String, Gate>();
    var unknown = new ArrayList<String>();
    for (int tier = 0; tier < tiers.size() - 1; tier++) {
      for (Model each : tiers.get(tier)) {
        Calibration calibration = learned.of(type.word(), each.id()).orElse(null);
        if (stronger.contains(each) || gates.containsKey(each.id())) {
          continue;
        }
        if (calibration == null) {
          unknown.add(each.id());
        } else {
          gates.put(each.id(), gate(place, each, tier, calibration, wanted));
        }
      }
    }
    if (!unknown.isEmpty()) {
      throw new ConfigurationException(
          "%s: %s has no calibration for %s answers of %s; audit some and make it again with %s, or name only models it has before the last entry of candidates"
              .formatted(place, model, type.word(), String.join(", ", unknown), MAKE_ONE));
    }
    return new Gates(gates);
  }

  private ConfidenceModel learned(String place, Path routing) {
    if (model == null) {
      throw new ConfigurationException(
          place
              + ".model is missing; write the name of a file made with "
              + MAKE_ONE
              + ", like confidence.model");
    }
    try {
      return ConfidenceModel.read(routing.resolveSibling(model));
    } catch (BadData e) {
      throw new ConfigurationException(place + ".model: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ConfigurationException(
          place
              + ".model names "
              + routing.resolveSibling(model)
              + ", which cannot be read; make it with "
              + MAKE_ONE
              + ", or leave confidence out and no answer is doubted",
          e);
    }
  }

  private Gate gate(String place, Model each, int tier, Calibration calibration, double wanted) {
    String of = place + ": what is known of " + each.id() + "'s answers in " + model;
    Thresholds thresholds =
        calibration
            .wanting(wanted)
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        of
                            + " is for other shares than "
                            + wanted
                            + "; make it again with "
                            + MAKE_ONE));
    if (!thresholds.acceptsSome()) {
      throw new ConfigurationException(
          "%s (%d audited, %.1f %% good) does not show of any that %s %% are good, so all would be refused; audit more of them, write a lower accept, or do not ask it first"
              .formatted(of, calibration.answers(), 100 * calibration.good(), percent(wanted)));
    }
    boolean two = samples == null || samples == 2;
    if (!two && thresholds.alone() == null) {
      throw new ConfigurationException(
          of + " accepts none without a second one; write samples: 2, or a lower accept");
    }
    if (calibration.needsLogprob() && !each.supports().contains("logprobs")) {
      throw new ConfigurationException(
          of
              + " is of answers with logprobs, which the catalogue does not have among what it"
              + " supports; add logprobs there, or audit answers without them");
    }
    if (calibration.needsStated() && !stated) {
      throw new ConfigurationException(
          of + " is of answers that state how sure they are; write stated: true");
    }
    return new Gate(each, tier, calibration, thresholds, two, stated);
  }

  private static String percent(double share) {
    return Long.toString(Math.round(100 * share));
  }
}
