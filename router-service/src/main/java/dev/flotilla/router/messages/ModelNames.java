package dev.flotilla.router.messages;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.router.routing.RoutePolicy;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Names of models as Anthropic's clients write them: without a provider, with a date or without.
 * What the catalogue itself understands is left alone.
 */
final class ModelNames {
  private static final Pattern DATE = Pattern.compile("-(\\d{8}|latest)$");

  private final Catalog catalog;

  ModelNames(Catalog catalog) {
    this.catalog = catalog;
  }

  /** Ids of the models meant, best first; the name itself when there is nothing to add. */
  List<String> of(String name) {
    if (RoutePolicy.isAuto(name) || !catalog.resolve(name).isEmpty()) {
      return List.of(name);
    }
    List<String> exact =
        catalog.models().stream().filter(m -> isCalled(m, name)).map(Model::id).toList();
    if (!exact.isEmpty()) {
      return exact;
    }
    String undated = undated(name);
    List<String> alike =
        catalog.models().stream()
            .filter(
                m -> undated(nameOf(m)).equals(undated) || undated(m.upstream()).equals(undated))
            .map(Model::id)
            .toList();
    return alike.isEmpty() ? List.of(name) : alike;
  }

  private static boolean isCalled(Model model, String name) {
    return nameOf(model).equals(name) || model.upstream().equals(name);
  }

  private static String nameOf(Model model) {
    return model.id().substring(model.id().indexOf('/') + 1);
  }

  private static String undated(String name) {
    return DATE.matcher(name).replaceFirst("");
  }
}
