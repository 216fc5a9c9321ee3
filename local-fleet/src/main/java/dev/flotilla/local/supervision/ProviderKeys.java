package dev.flotilla.local.supervision;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.CatalogException;
import dev.flotilla.catalog.Provider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which of the catalogue's providers the environment has something for: a key, or the address of a
 * server that needs none.
 *
 * @param providers all the catalogue has
 * @param environment variables by name
 */
public record ProviderKeys(List<Provider> providers, Map<String, String> environment) {
  private static final List<String> SIMULATED = List.of("sim-north", "sim-south", "sim-east");

  /**
   * Looks where the fleet's services will look.
   *
   * @throws CannotStart when the catalogue cannot be read
   */
  public static ProviderKeys of(FleetOptions options) {
    Path config =
        Path.of(
            options
                .environment()
                .getOrDefault("FLOTILLA_CONFIG_DIR", options.tree().resolve("config").toString()));
    if (!Files.isDirectory(config.resolve("catalog"))) {
      // The services say what is wrong with that, and better.
      return new ProviderKeys(List.of(), options.environment());
    }
    try {
      return new ProviderKeys(
          List.copyOf(Catalog.readAll(config.resolve("catalog")).providers()),
          options.environment());
    } catch (CatalogException e) {
      throw new CannotStart(String.valueOf(e.getMessage()), e);
    }
  }

  /** Names of the variables that are set, never their values. */
  public List<String> present() {
    return providers.stream().flatMap(this::variables).filter(this::isSet).sorted().toList();
  }

  /** Providers to enable; without any, the simulator's three pretend ones. */
  public List<String> enabled() {
    List<String> ready =
        providers.stream()
            .filter(provider -> variables(provider).anyMatch(this::isSet))
            .map(Provider::id)
            .toList();
    return ready.isEmpty() ? SIMULATED : ready;
  }

  private Stream<String> variables(Provider provider) {
    return Stream.concat(
        provider.keyEnvs().stream(), Optional.ofNullable(provider.baseUrlEnv()).stream());
  }

  private boolean isSet(String variable) {
    return !environment.getOrDefault(variable, "").isBlank();
  }

  /** Without the values. */
  @Override
  public String toString() {
    return "ProviderKeys" + present();
  }
}
