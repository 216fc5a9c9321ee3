package dev.flotilla.review.reviewer;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.review.policy.Policy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Decides who may review, by who the models are and not by what they are called. Thread-safe. */
public final class Eligibility {
  private static final String NOT_ALLOWED = "not among the models this key may use";

  private static final String MAKES_VECTORS = "it turns texts into vectors and has no opinions";

  private final Catalog usable;
  private final Catalog known;
  private final RandomGenerator random;

  /**
   * @param usable models that can be asked
   * @param known all models, because a provider that is off today may have written the artifact
   *     yesterday
   * @param random shuffles seats
   */
  public Eligibility(Catalog usable, Catalog known, RandomGenerator random) {
    this.usable = usable;
    this.known = known;
    this.random = random;
  }

  /**
   * Fills a panel.
   *
   * @param reviewers ids or aliases; when there are none, the policy's preference decides
   * @param authors ids or aliases of every model that contributed; an alias counts for all that
   *     stand behind it, since any of them may have answered
   */
  public Seating seat(Policy policy, List<String> reviewers, List<String> authors, Caller caller) {
    var contributors = new ArrayList<Model>();
    for (String author : authors) {
      List<Model> behind = known.resolve(author);
      if (behind.isEmpty()) {
        return new Seating.Refused(
            "unknown_author_model",
            "author_models names '"
                + author
                + "', which the catalogue does not know, so nobody's independence of it can be shown; name the model"
                + " that answered (x-model-used), near it are "
                + known.near(author, 3)
                + ".",
            List.of());
      }
      contributors.addAll(behind);
    }
    var round = new Round(policy, contributors, caller);
    return reviewers.isEmpty() ? round.chosen() : round.named(reviewers);
  }

  /**
   * A panel as it was filled before, by ids; who cannot be asked any more has left it.
   *
   * @param filled seats that have voted already: whoever sits there now counts
   */
  public Bench bench(
      Policy policy, List<String> seated, List<String> waiting, Map<String, Seat> filled) {
    var models = new ArrayList<Model>();
    for (int i = 0; i < seated.size(); i++) {
      Seat seat = filled.get(Panel.seatId(i));
      usable(seat == null ? seated.get(i) : seat.model()).ifPresent(models::add);
    }
    return new Bench(
        policy.independence(),
        models,
        waiting.stream().map(this::usable).flatMap(Optional::stream).toList());
  }

  /** Who of the authors can make the artifact again for this caller: the first. */
  public Optional<Model> reviser(List<String> authors, Caller caller) {
    return authors.stream()
        .flatMap(author -> usable.resolve(author).stream())
        .filter(model -> !model.embeds() && caller.mayUse(model.id()))
        .findFirst();
  }

  private Optional<Model> usable(String id) {
    return usable.resolve(id).stream().filter(model -> model.id().equals(id)).findFirst();
  }

  /** Filling one panel. */
  private final class Round {
    private final Policy policy;
    private final List<Model> authors;
    private final Caller caller;
    private final List<Model> seated = new ArrayList<>();
    private final List<Exclusion> excluded = new ArrayList<>();

    Round(Policy policy, List<Model> authors, Caller caller) {
      this.policy = policy;
      this.authors = authors;
      this.caller = caller;
    }

    Seating chosen() {
      for (Model model : inOrderOfPreference()) {
        String reason = reasonAgainst(model);
        if (reason != null) {
          excluded.add(new Exclusion(model.id(), model.id(), reason));
        } else if (seated.size() < policy.panelSize()) {
          seated.add(model);
        }
      }
      return seating();
    }

    Seating named(List<String> names) {
      boolean authorAmongThem = false;
      for (String name : names) {
        Model model = firstUsable(name);
        String reason = model == null ? reasonForNobody(name) : reasonAgainst(model);
        if (model != null && reason == null) {
          seated.add(model);
        } else {
          excluded.add(
              new Exclusion(name, model == null ? "" : model.id(), String.valueOf(reason)));
          authorAmongThem |= model != null && sharedWithAuthor(model).isPresent();
        }
      }
      if (authorAmongThem) {
        return new Seating.Refused(
            "reviewer_not_independent",
            "A model must not review what it, or a model it shares its "
                + policy.independence().word()
                + " with, has written: "
                + sentence(excluded)
                + ". Name other reviewers, or none and let the policy choose.",
            excluded);
      }
      return seating();
    }

    private Seating seating() {
      int size = policy.panelSize();
      if (seated.size() < size) {
        return new Seating.Refused(
            "too_few_reviewers",
            "Policy "
                + policy.name()
                + " needs "
                + size
                + " reviewers that are independent of every author and of each other, and there are "
                + seated.size()
                + ". Excluded: "
                + sentence(excluded)
                + ". Name other reviewers, allow the key more models, or enable another provider.",
            excluded);
      }
      var further = new LinkedHashSet<>(seated.subList(size, seated.size()));
      inOrderOfPreference().stream()
          .filter(model -> refusal(model).isEmpty() && sharedWithAuthor(model).isEmpty())
          .forEach(further::add);
      var panel = new ArrayList<>(seated.subList(0, size));
      Collections.shuffle(panel, random);
      return new Seating.Ready(new Bench(policy.independence(), panel, List.copyOf(further)));
    }

    /** Why a model may not sit on this panel; null when it may. */
    private @Nullable String reasonAgainst(Model model) {
      return refusal(model)
          .or(() -> sharedWithAuthor(model))
          .or(() -> sharedWith(seated, model, "reviewer"))
          .orElse(null);
    }

    private Optional<String> refusal(Model model) {
      if (model.embeds()) {
        return Optional.of(MAKES_VECTORS);
      }
      return caller.mayUse(model.id()) ? Optional.empty() : Optional.of(NOT_ALLOWED);
    }

    private Optional<String> sharedWithAuthor(Model model) {
      return sharedWith(authors, model, "author");
    }

    private Optional<String> sharedWith(List<Model> others, Model model, String role) {
      for (Model other : others) {
        Optional<String> shared =
            Identity.of(model).shared(Identity.of(other), policy.independence());
        if (shared.isPresent()) {
          return Optional.of(shared.get() + " as the " + role + " " + other.id());
        }
      }
      return Optional.empty();
    }

    /** An alias stands for the best model behind it that the caller may use. */
    private @Nullable Model firstUsable(String name) {
      return usable.resolve(name).stream()
          .filter(model -> refusal(model).isEmpty())
          .findFirst()
          .orElse(null);
    }

    private String reasonForNobody(String name) {
      List<Model> behind = usable.resolve(name);
      if (behind.isEmpty()) {
        return "no enabled provider serves it, near it are " + usable.near(name, 3);
      }
      return behind.getFirst().embeds() ? MAKES_VECTORS : NOT_ALLOWED;
    }

    private List<Model> inOrderOfPreference() {
      var models = new LinkedHashSet<Model>();
      policy.prefer().forEach(name -> models.addAll(usable.resolve(name)));
      models.addAll(usable.models());
      models.removeIf(Model::embeds);
      return List.copyOf(models);
    }
  }

  private static String sentence(List<Exclusion> excluded) {
    if (excluded.isEmpty()) {
      return "nobody";
    }
    return excluded.stream()
        .map(
            each ->
                each.name()
                    + (each.model().isEmpty() || each.model().equals(each.name())
                        ? ""
                        : " (" + each.model() + ")")
                    + ": "
                    + each.reason())
        .collect(Collectors.joining("; "));
  }
}
