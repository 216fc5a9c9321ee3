package dev.flotilla.kit.settings;

/**
 * The configuration cannot be used; the message names the key, what was found and what to write
 * instead.
 */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ConfigurationException(String message) {
    super(message);
  }

  public ConfigurationException(String message, Throwable cause) {
    super(message, cause);
  }
}
