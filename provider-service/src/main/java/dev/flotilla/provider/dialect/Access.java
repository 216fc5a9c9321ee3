package dev.flotilla.provider.dialect;

import dev.flotilla.catalog.Provider;
import dev.flotilla.kit.settings.ConfigurationException;
import java.net.URI;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where a provider listens and what opens it.
 *
 * @param baseUrl without a trailing slash
 * @param key null when none is set
 */
public record Access(String baseUrl, @Nullable String key) {

  /**
   * @param environment gives a variable's value, or null
   * @throws ConfigurationException when the address cannot be used
   */
  public static Access of(Provider provider, UnaryOperator<@Nullable String> environment) {
    String override =
        provider.baseUrlEnv() == null ? null : environment.apply(provider.baseUrlEnv());
    String base = override == null || override.isBlank() ? provider.baseUrl() : override.strip();
    String key = provider.keyEnv() == null ? null : environment.apply(provider.keyEnv());
    return new Access(
        checked(provider.id(), base.replaceAll("/+$", "")),
        key == null || key.isBlank() ? null : key.strip());
  }

  /**
   * @param path begins with a slash
   */
  public URI at(String path) {
    return URI.create(baseUrl + path);
  }

  private static String checked(String provider, String base) {
    String problem;
    try {
      URI uri = URI.create(base);
      if (uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        return base;
      }
      problem = "is neither http nor https";
    } catch (IllegalArgumentException e) {
      problem = "is no address";
    }
    throw new ConfigurationException(
        "the base URL of provider '"
            + provider
            + "' is '"
            + base
            + "', which "
            + problem
            + "; write one such as https://api.example.com/v1");
  }

  /** Without the key. */
  @Override
  public String toString() {
    return baseUrl;
  }
}
