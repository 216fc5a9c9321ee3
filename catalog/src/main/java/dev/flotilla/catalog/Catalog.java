package dev.flotilla.catalog;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The models this installation can ask. Immutable; every id and alias in it resolves.
 *
 * @see CatalogFiles how the files are read
 */
public final class Catalog {
  private final String version;
  private final Map<String, Provider> providers;
  private final Map<String, Model> models;
  private final Map<String, List<Model>> aliases;

  Catalog(
      String version,
      Map<String, Provider> providers,
      Map<String, Model> models,
      Map<String, List<Model>> aliases) {
    this.version = version;
    this.providers = Map.copyOf(providers);
    this.models = new TreeMap<>(models);
    this.aliases = new TreeMap<>(aliases);
  }

  /**
   * Reads every {@code *.yaml} of a folder and keeps the models of the enabled providers.
   *
   * @throws CatalogException naming the file, the place in it and what to write instead
   */
  public static Catalog read(Path folder, Set<String> enabledProviders) {
    return new CatalogFiles(folder).read(enabledProviders);
  }

  /**
   * Reads every {@code *.yaml} of a folder and keeps all models: what whoever prices needs, because
   * a provider that is off today may have been paid yesterday.
   *
   * @throws CatalogException naming the file, the place in it and what to write instead
   */
  public static Catalog readAll(Path folder) {
    return new CatalogFiles(folder).readAll();
  }

  /** Hash of the files' content, enabled or not: two services with the same version price alike. */
  public String version() {
    return version;
  }

  /** All models of enabled providers, by id. */
  public Collection<Model> models() {
    return List.copyOf(models.values());
  }

  /** Enabled providers, by id. */
  public Collection<Provider> providers() {
    return providers.values().stream().sorted(Comparator.comparing(Provider::id)).toList();
  }

  /** Names that stand for a list of models, e.g. {@code flagship}. */
  public Set<String> aliases() {
    return Set.copyOf(aliases.keySet());
  }

  /**
   * A model by its id. Ids of simulated models may end in the failure they should show, e.g. {@code
   * sim-north/fast:500}.
   */
  public Optional<Model> find(String id) {
    Model model = models.get(id);
    if (model != null) {
      return Optional.of(model);
    }
    int colon = id.lastIndexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    return Optional.ofNullable(models.get(id.substring(0, colon)))
        .filter(m -> m.provider().simulated())
        .map(m -> m.failing(id.substring(colon + 1)));
  }

  /**
   * What a name stands for, best first: one model for an id, several for an alias, none for a name
   * nobody knows.
   */
  public List<Model> resolve(String name) {
    List<Model> behind = aliases.get(name);
    if (behind != null) {
      return behind;
    }
    return find(name).map(List::of).orElse(List.of());
  }

  /**
   * Which model a provider served when it was asked for one and says this name. A name that differs
   * only in its date or version at the end is the same model.
   *
   * @param asked of this catalogue, or such a one at one of its places
   * @param name as the provider wrote it; null when it did not say
   */
  public Served served(Model asked, @Nullable String name) {
    if (name == null || name.isBlank() || asked.provider().simulated()) {
      return new Served.AsAsked();
    }
    String said = ServedName.plain(name);
    if (ServedName.of(asked).contains(said)) {
      return new Served.AsAsked();
    }
    Optional<Model> exact = sibling(asked, other -> ServedName.of(other).contains(said));
    if (exact.isPresent()) {
      return new Served.Another(exact.get());
    }
    if (ServedName.isVersionOf(said, asked)) {
      return new Served.AsAsked();
    }
    return sibling(asked, other -> ServedName.isVersionOf(said, other))
        .<Served>map(Served.Another::new)
        .orElseGet(Served.Unknown::new);
  }

  /**
   * The model whose price holds for what was served: the one its provider says, else the one that
   * was asked.
   *
   * @param name as in {@link #served}
   */
  public Model charged(Model asked, @Nullable String name) {
    return served(asked, name) instanceof Served.Another(Model other) ? other : asked;
  }

  private Optional<Model> sibling(Model asked, Predicate<Model> test) {
    return models.values().stream()
        .filter(other -> other.provider().id().equals(asked.provider().id()))
        .filter(other -> !other.id().equals(asked.id()))
        .filter(test)
        .findFirst();
  }

  /** Names close to a wrong one, nearest first, for the error message. */
  public List<String> near(String wrong, int atMost) {
    var names = new ArrayList<String>(models.keySet());
    names.addAll(aliases.keySet());
    return Nearness.nearest(wrong, names, atMost);
  }
}
