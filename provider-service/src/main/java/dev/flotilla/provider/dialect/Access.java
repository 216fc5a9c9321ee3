package dev.flotilla.provider.dialect;

import dev.flotilla.catalog.Provider;
import dev.flotilla.kit.settings.ConfigurationException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where a provider listens and what opens it.
 *
 * @param baseUrl without a trailing slash; {@code {upstream}} in it stands for the model's name
 * @param key gives the key as it is now; null when none is set
 * @param keyHeader carries the key as it is; null when the dialect's own header does
 * @param query what each address ends with
 */
public record Access(
    String baseUrl,
    Supplier<@Nullable String> key,
    @Nullable String keyHeader,
    Map<String, String> query) {
  private static final String UPSTREAM = "{upstream}";

  /** The ordinary kind, which says nothing of headers and queries; its key stays the same. */
  public Access(String baseUrl, @Nullable String key) {
    this(baseUrl, () -> key, null, Map.of());
  }

  /**
   * @param environment gives a variable's value, or null; asked for the key before each call, so
   *     that a new one holds from then on
   * @throws ConfigurationException when the address cannot be used
   */
  public static Access of(Provider provider, UnaryOperator<@Nullable String> environment) {
    String override =
        provider.baseUrlEnv() == null ? null : environment.apply(provider.baseUrlEnv());
    String base = override == null || override.isBlank() ? provider.baseUrl() : override.strip();
    String keyEnv = provider.keyEnv();
    return new Access(
        checked(provider.id(), base.replaceAll("/+$", "")),
        () -> keyEnv == null ? null : stripped(environment.apply(keyEnv)),
        provider.keyHeader(),
        provider.query());
  }

  /**
   * @param path begins with a slash
   */
  public URI at(String path) {
    var address = new StringBuilder(baseUrl).append(path);
    query.forEach(
        (name, value) ->
            address
                .append(address.indexOf("?") < 0 ? '?' : '&')
                .append(encoded(name))
                .append('=')
                .append(encoded(value)));
    return URI.create(address.toString());
  }

  /**
   * The address for one model.
   *
   * @param path begins with a slash
   * @param upstream what the model is called there
   */
  public URI at(String path, String upstream) {
    return new Access(baseUrl.replace(UPSTREAM, encoded(upstream)), key, keyHeader, query).at(path);
  }

  /**
   * The header that shows the key; none without a key.
   *
   * @param header of the dialect, in lower case
   * @param before the key in it, e.g. {@code "Bearer "}
   */
  public Map<String, String> credentials(String header, String before) {
    String now = key.get();
    if (now == null) {
      return Map.of();
    }
    return keyHeader == null ? Map.of(header, before + now) : Map.of(keyHeader, now);
  }

  private static @Nullable String stripped(@Nullable String key) {
    return key == null || key.isBlank() ? null : key.strip();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String checked(String provider, String base) {
    String problem;
    try {
      URI uri = URI.create(base.replace(UPSTREAM, "name"));
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
