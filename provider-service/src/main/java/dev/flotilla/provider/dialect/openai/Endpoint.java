package dev.flotilla.provider.dialect.openai;

import dev.flotilla.catalog.Provider;
import dev.flotilla.kit.settings.ConfigurationException;
import java.net.URI;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where a provider's chat path is and what opens it.
 *
 * @param authorization value of the header; null sends none
 */
public record Endpoint(URI chat, @Nullable String authorization) {

  /**
   * @param environment gives a variable's value, or null
   * @throws ConfigurationException when the address cannot be used
   */
  public static Endpoint of(Provider provider, UnaryOperator<@Nullable String> environment) {
    String override =
        provider.baseUrlEnv() == null ? null : environment.apply(provider.baseUrlEnv());
    String base = override == null || override.isBlank() ? provider.baseUrl() : override.strip();
    String key = provider.keyEnv() == null ? null : environment.apply(provider.keyEnv());
    return new Endpoint(
        address(provider.id(), base),
        key == null || key.isBlank() ? null : "Bearer " + key.strip());
  }

  private static URI address(String provider, String base) {
    String problem;
    try {
      URI uri = URI.create(base.replaceAll("/+$", "") + "/chat/completions");
      if (uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        return uri;
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
    return chat.toString();
  }
}
