package dev.flotilla.kit.postgres;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;

/**
 * Where a service's schema is.
 *
 * @param schema the only schema this service reads, writes and migrates
 * @param url {@code jdbc:postgresql://host:port/database}, without user and password
 * @param user may create the schema, or owns it already
 * @param password empty when the server asks for none
 * @param poolSize connections at most, 1 to 100
 */
public record DatabaseConfig(
    String schema, String url, String user, String password, int poolSize) {
  private static final String PREFIX = "jdbc:postgresql:";

  public DatabaseConfig {
    if (!url.startsWith(PREFIX)) {
      throw new ConfigurationException(
          "flotilla.postgres.url is '"
              + url
              + "'; write an address such as jdbc:postgresql://127.0.0.1:5432/flotilla");
    }
  }

  /**
   * Reads {@code flotilla.postgres.url}, {@code .user}, {@code .password} and {@code .pool-size}.
   */
  public static DatabaseConfig from(Settings settings, String schema) {
    return new DatabaseConfig(
        schema,
        settings.text("flotilla.postgres.url"),
        settings.text("flotilla.postgres.user"),
        settings.optional("flotilla.postgres.password").orElse(""),
        (int) settings.number("flotilla.postgres.pool-size", 1, 100));
  }

  @Override
  public String toString() {
    return "DatabaseConfig[" + schema + " in " + url + " as " + user + "]";
  }
}
