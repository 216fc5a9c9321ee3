package dev.flotilla.kit.settings;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigValue;

/**
 * MicroProfile Config read strictly. Defaults stand in each service's {@code
 * microprofile-config.properties}, not here. Thread-safe.
 *
 * <p>Every method throws {@link ConfigurationException} when the value is missing or cannot be
 * used.
 */
public final class Settings {
  /** In an address, who shows itself and with what. */
  private static final Pattern CREDENTIALS = Pattern.compile("(?<=//)[^/@\\s]*@");

  private static final Pattern SECRET_NAME =
      Pattern.compile("(?i).*(secret|password|token|passphrase|credential|api.?key).*");

  /** What people write where a secret is to be put. */
  private static final Pattern PLACEHOLDER =
      Pattern.compile(
          "(?i)(change|replace|insert|your)[-_ ]?(me|it|this|secret|token|key|password)|password|0123456789|<.*>|\\$\\{");

  /** Of 16 random hexadecimal digits so few are different in one of ten million. */
  private static final int FEWEST_DIFFERENT = 5;

  private static final String MASK = "***";
  private static final String OURS = "flotilla.";

  /** Where a service's own defaults stand. */
  private static final String DEFAULTS = "microprofile-config.properties";

  private final Config config;
  private final Set<String> asked = new ConcurrentSkipListSet<>();

  public Settings(Config config) {
    this.config = config;
  }

  public String text(String key) {
    return optional(key)
        .orElseThrow(
            () ->
                new ConfigurationException(
                    key
                        + " is not set; set it, for example in the environment as "
                        + environmentName(key)));
  }

  /** Empty when the key is absent or blank. */
  public Optional<String> optional(String key) {
    asked.add(key);
    return config.getOptionalValue(key, String.class).map(String::strip).filter(v -> !v.isEmpty());
  }

  /**
   * A value that holds.
   *
   * @param value as it was read; of a secret only {@code ***}, and of an address what it shows
   *     itself with is left out
   * @param byDefault whether nobody set it
   */
  public record Effective(String value, boolean byDefault) {}

  /**
   * What was asked for so far, by key, and is set: what this process really goes by. Safe to show:
   * secrets are masked, and what has no name of ours may be one.
   */
  public SortedMap<String, Effective> effective() {
    var effective = new TreeMap<String, Effective>();
    for (String key : asked) {
      ConfigValue found = config.getConfigValue(key);
      String value = found.getValue();
      if (value != null && !value.isBlank()) {
        String source = String.valueOf(found.getSourceName());
        effective.put(key, new Effective(shown(key, value.strip()), source.contains(DEFAULTS)));
      }
    }
    return effective;
  }

  private static String shown(String key, String value) {
    return !key.startsWith(OURS) || SECRET_NAME.matcher(key).matches()
        ? MASK
        : CREDENTIALS.matcher(value).replaceAll(MASK + "@");
  }

  public Duration duration(String key) {
    String found = text(key);
    try {
      Duration duration = Duration.parse(found);
      if (!duration.isNegative()) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      throw new ConfigurationException(
          key + " is '" + found + "'; write an ISO-8601 duration such as PT2S or PT0.05S", e);
    }
    throw new ConfigurationException(
        key + " is '" + found + "', but a duration cannot be negative; write PT0S or more");
  }

  public long number(String key, long least, long most) {
    String found = text(key);
    try {
      long number = Long.parseLong(found);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new ConfigurationException(
          key + " is '" + found + "'; write a whole number from " + least + " to " + most, e);
    }
    throw new ConfigurationException(
        key + " is " + found + "; write a whole number from " + least + " to " + most);
  }

  public double fraction(String key) {
    String found = text(key);
    try {
      double number = Double.parseDouble(found);
      if (number >= 0 && number <= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new ConfigurationException(key + " is '" + found + "'; write a number from 0 to 1", e);
    }
    throw new ConfigurationException(key + " is " + found + "; write a number from 0 to 1");
  }

  public boolean flag(String key) {
    return switch (text(key).toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new ConfigurationException(key + " is '" + text(key) + "'; write true or false");
    };
  }

  /** The members of a comma-separated list, in its order; never empty. */
  public Set<String> names(String key) {
    var names = new LinkedHashSet<String>();
    Arrays.stream(text(key).split(","))
        .map(String::strip)
        .filter(n -> !n.isEmpty())
        .forEach(names::add);
    if (names.isEmpty()) {
      throw new ConfigurationException(key + " names nobody; write a comma-separated list");
    }
    return names;
  }

  public Path path(String key) {
    return Path.of(text(key));
  }

  /** An http or https address, without a trailing slash. */
  public URI address(String key) {
    return address(key, text(key));
  }

  /**
   * The same of a value that was read already.
   *
   * @param key whose value it is or is a part of, for the message
   */
  public static URI address(String key, String value) {
    String found = value.replaceAll("/+$", "");
    try {
      URI uri = URI.create(found);
      if (uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          key + " is '" + found + "'; write an address such as http://127.0.0.1:8081", e);
    }
    throw new ConfigurationException(
        key + " is '" + found + "'; write an address such as http://127.0.0.1:8081");
  }

  /**
   * A secret of at least 16 characters that somebody made up, and not one that stood in an example;
   * its value never appears in a message.
   */
  public String secret(String key) {
    String found = text(key);
    if (found.length() < 16) {
      throw notSecret(key, "has " + found.length() + " characters");
    }
    if (found.chars().distinct().count() < FEWEST_DIFFERENT) {
      throw notSecret(key, "has hardly any different characters");
    }
    if (PLACEHOLDER.matcher(found).find()) {
      throw notSecret(key, "is what stands in an example for a secret");
    }
    return found;
  }

  private static ConfigurationException notSecret(String key, String why) {
    return new ConfigurationException(
        key
            + " "
            + why
            + "; use a random secret of 16 or more, for example from 'openssl rand -hex 32'");
  }

  private static String environmentName(String key) {
    return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
  }
}
