package dev.flotilla.pipelines.loading;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.pipelines.definition.Action;
import dev.flotilla.pipelines.definition.Escalation;
import dev.flotilla.pipelines.definition.OnInvalid;
import dev.flotilla.pipelines.definition.Part;
import dev.flotilla.pipelines.definition.Step;
import dev.flotilla.pipelines.definition.Target;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Holds what steps ask of models against the catalogue. */
final class ModelCheck {
  private final Findings findings;
  private final Surroundings surroundings;

  ModelCheck(Findings findings, Surroundings surroundings) {
    this.findings = findings;
    this.surroundings = surroundings;
  }

  /** Looks at who is asked. */
  void target(Action.ModelCall call, Place place) {
    if (surroundings.catalog() == null) {
      return;
    }
    boolean good =
        switch (call.target()) {
          case Target.Auto() -> true;
          case Target.ByTaskType(_, List<String> fallbacks) -> known(fallbacks, place);
          case Target.ByModel(_, String model, List<String> fallbacks) ->
              known(model, place.then("model")) && known(fallbacks, place);
        };
    if (good) {
      modalities(call, place);
    }
  }

  private boolean known(List<String> fallbacks, Place place) {
    boolean good = true;
    for (int i = 0; i < fallbacks.size(); i++) {
      good = known(fallbacks.get(i), place.then("fallbacks").then(i)) && good;
    }
    return good;
  }

  private boolean known(String name, Place place) {
    Catalog catalog = surroundings.catalog();
    if (catalog == null) {
      return true;
    }
    List<Model> behind = catalog.resolve(name);
    if (behind.isEmpty()) {
      findings.problem(
          place,
          "names the model '" + name + "', which the catalogue does not have",
          "near it are " + String.join(", ", catalog.near(name, 3)));
      return false;
    }
    if (behind.getFirst().embeds()) {
      findings.problem(
          place,
          "names '" + name + "', which turns texts into vectors and writes nothing",
          "name a model that converses, e.g. "
              + catalog.aliases().stream()
                  .filter(alias -> !catalog.resolve(alias).getFirst().embeds())
                  .sorted()
                  .collect(Collectors.joining(", ")));
      return false;
    }
    return true;
  }

  private void modalities(Action.ModelCall call, Place place) {
    var needed = new LinkedHashSet<String>();
    call.messages().stream()
        .flatMap(message -> message.parts().stream())
        .forEach(
            part -> {
              switch (part) {
                case Part.Image _ -> needed.add("image");
                case Part.Audio _ -> needed.add("audio");
                case Part.File _ -> needed.add("file");
                case Part.Text _ -> {}
              }
            });
    List<Model> candidates = Candidates.of(call.target(), surroundings);
    for (String modality : needed) {
      if (!candidates.isEmpty()
          && candidates.stream().noneMatch(model -> model.inputs().contains(modality))) {
        findings.problem(
            place,
            "sends " + modality + " to models of which none understands it",
            "name one of " + String.join(", ", understanding(modality)));
      }
    }
  }

  private List<String> understanding(String modality) {
    Catalog catalog = surroundings.catalog();
    return catalog == null
        ? List.of()
        : catalog.models().stream()
            .filter(model -> model.inputs().contains(modality))
            .map(Model::id)
            .limit(3)
            .toList();
  }

  /** Looks at whether there is another model for an output that is not as it must be. */
  void reaction(Step step, Place place) {
    if (!(step.action() instanceof Action.ModelCall call)) {
      return;
    }
    if (step.onInvalid() == OnInvalid.ESCALATE) {
      boolean can =
          call.target() instanceof Target.ByTaskType(String taskType, _)
              && Escalation.after(taskType).isPresent();
      if (!can) {
        findings.problem(
            place.then("on_invalid"),
            "has nothing stronger to escalate to",
            "write task_type: bulk, structured or standard instead of a model, or on_invalid: retry");
      }
    } else if (call.target() instanceof Target.ByModel(_, String model, List<String> fallbacks)
        && fallbacks.isEmpty()
        && surroundings.catalog() != null
        && surroundings.catalog().resolve(model).size() < 2) {
      findings.problem(
          place.then("on_invalid"),
          "has no next model to ask",
          "write fallbacks: [balanced] beside the model, or on_invalid: retry");
    }
  }

  /** Looks at whether enough models can judge what one of a step's models wrote. */
  void reviewers(
      Step author, Action.ModelCall call, String name, ReviewPolicy policy, Place place) {
    Catalog catalog = surroundings.catalog();
    List<Model> authors = Candidates.of(call.target(), surroundings);
    if (catalog == null || authors.isEmpty()) {
      return;
    }
    var without = new ArrayList<Model>();
    for (Model model : authors) {
      if (independent(catalog, model, policy) < policy.panelSize()) {
        without.add(model);
      }
    }
    if (without.isEmpty()) {
      return;
    }
    String message =
        "needs "
            + policy.panelSize()
            + " reviewers that share no "
            + policy.independence()
            + " with the author, and for "
            + without.stream().map(Model::id).limit(3).collect(Collectors.joining(", "))
            + " of step '"
            + author.id()
            + "' there are "
            + independent(catalog, without.getFirst(), policy);
    String suggestion =
        "enable another provider, or write a policy with a smaller panel than " + name;
    if (without.size() == authors.size()) {
      findings.problem(place, message, suggestion);
    } else {
      findings.warning(place, message, suggestion);
    }
  }

  private static int independent(Catalog catalog, Model author, ReviewPolicy policy) {
    Set<String> identities =
        catalog.models().stream()
            .filter(model -> !model.embeds())
            .map(model -> identity(model, policy))
            .collect(Collectors.toSet());
    identities.remove(identity(author, policy));
    return identities.size();
  }

  private static String identity(Model model, ReviewPolicy policy) {
    return switch (policy.independence()) {
      case "model" -> model.id();
      case "provider" -> model.provider().id();
      default -> model.family();
    };
  }
}
