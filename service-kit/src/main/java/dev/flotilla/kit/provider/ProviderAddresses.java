package dev.flotilla.kit.provider;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which provider-service calls which provider. Usually one calls all of them; a provider may have
 * one of its own, so that its key, its load and its failures are nobody else's. Immutable.
 */
public final class ProviderAddresses {
  private static final String USUAL = "flotilla.provider.url";
  private static final String DEDICATED = "flotilla.provider.urls";

  private final @Nullable URI usual;
  private final Map<String, URI> dedicated;

  private ProviderAddresses(@Nullable URI usual, Map<String, URI> dedicated) {
    this.usual = usual;
    this.dedicated = Map.copyOf(dedicated);
  }

  /** One for all. */
  public static ProviderAddresses all(URI address) {
    return new ProviderAddresses(address, Map.of());
  }

  /**
   * {@code flotilla.provider.url}, and over it {@code flotilla.provider.urls}: {@code
   * openai=http://…,anthropic=http://…}.
   *
   * @throws ConfigurationException when an entry is none, names a provider that is not enabled, or
   *     an enabled one is left without an address
   */
  public static ProviderAddresses from(Settings settings) {
    var enabled = settings.names("flotilla.providers.enabled");
    var dedicated = new LinkedHashMap<String, URI>();
    if (settings.optional(DEDICATED).isPresent()) {
      for (String entry : settings.names(DEDICATED)) {
        add(dedicated, entry, enabled);
      }
    }
    boolean complete = dedicated.keySet().containsAll(enabled);
    // Asked for even when it is not needed, so that a wrong one is told.
    URI usual = complete && settings.optional(USUAL).isEmpty() ? null : settings.address(USUAL);
    return new ProviderAddresses(usual, dedicated);
  }

  private static void add(Map<String, URI> dedicated, String entry, Set<String> enabled) {
    int equals = entry.indexOf('=');
    String id = equals < 0 ? entry : entry.substring(0, equals).strip();
    if (equals < 0) {
      throw new ConfigurationException(
          "%s has '%s'; write a provider and where it is called: openai=http://127.0.0.1:8081"
              .formatted(DEDICATED, entry));
    }
    if (!enabled.contains(id)) {
      throw new ConfigurationException(
          "%s names '%s', which is not in flotilla.providers.enabled (%s); take it out or enable it"
              .formatted(DEDICATED, id, String.join(", ", enabled)));
    }
    if (dedicated.put(id, Settings.address(DEDICATED, entry.substring(equals + 1).strip()))
        != null) {
      throw new ConfigurationException(
          "%s names '%s' twice; take one of them out".formatted(DEDICATED, id));
    }
  }

  /**
   * @param provider an id of the catalogue, of an enabled provider
   */
  public URI of(String provider) {
    URI own = dedicated.get(provider);
    if (own != null) {
      return own;
    }
    if (usual == null) {
      throw new IllegalArgumentException(provider + " is not enabled, so nobody calls it");
    }
    return usual;
  }

  /** Every provider-service there is. Never empty. */
  public Set<URI> each() {
    var each = new LinkedHashSet<URI>();
    if (usual != null) {
      each.add(usual);
    }
    each.addAll(dedicated.values());
    return each;
  }
}
