package dev.flotilla.provider.credential;

import dev.flotilla.kit.settings.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keys by the names of their variables. A variable {@code X} holds its key itself, for as long as
 * this process lives, or {@code X_FILE} names a file that does, such as a mounted secret: what is
 * written there holds within seconds, without a restart. A file that is gone or empty changes
 * nothing. Thread-safe.
 */
public final class ProviderKeys implements UnaryOperator<@Nullable String> {
  private static final Logger LOG = Logger.getLogger(ProviderKeys.class.getName());
  private static final String FILE = "_FILE";

  private final UnaryOperator<@Nullable String> environment;
  private final Duration betweenLooks;
  private final LongSupplier nanoClock;
  private final Consumer<String> replaced;
  private final Map<String, Read> read = new ConcurrentHashMap<>();

  /**
   * @param environment gives a variable's value, or null
   * @param betweenLooks how long files are taken to be unchanged
   * @param nanoClock as {@link System#nanoTime}
   * @param replaced is told of the variable whose file has another key now
   */
  public ProviderKeys(
      UnaryOperator<@Nullable String> environment,
      Duration betweenLooks,
      LongSupplier nanoClock,
      Consumer<String> replaced) {
    this.environment = environment;
    this.betweenLooks = betweenLooks;
    this.nanoClock = nanoClock;
    this.replaced = replaced;
  }

  /**
   * @param failed whether the last look found no key
   */
  private record Read(String key, long nanos, boolean failed) {}

  /** Whether there is a key now. */
  public boolean has(String variable) {
    String key = apply(variable);
    return key != null && !key.isBlank();
  }

  /**
   * The key now; null when there is none.
   *
   * @throws ConfigurationException when a file that was never read cannot be
   */
  @Override
  public @Nullable String apply(@Nullable String variable) {
    if (variable == null) {
      return null;
    }
    String file = environment.apply(variable + FILE);
    if (file == null || file.isBlank()) {
      return environment.apply(variable);
    }
    long now = nanoClock.getAsLong();
    Read known = read.get(variable);
    if (known != null && now - known.nanos() < betweenLooks.toNanos()) {
      return known.key();
    }
    return look(variable, Path.of(file.strip()), now);
  }

  private synchronized String look(String variable, Path file, long now) {
    Read before = read.get(variable);
    String key = "";
    String reason = "is empty";
    try {
      key = Files.readString(file).strip();
    } catch (IOException e) {
      reason = "cannot be read";
    }
    if (key.isEmpty()) {
      if (before == null) {
        throw new ConfigurationException(
            variable
                + FILE
                + " names "
                + file
                + ", which "
                + reason
                + "; write the key into it, or leave the variable out");
      }
      if (!before.failed()) {
        LOG.log(
            Level.WARNING,
            "{0} {1}: the key read from it before holds",
            new Object[] {file, reason});
      }
      read.put(variable, new Read(before.key(), now, true));
      return before.key();
    }
    read.put(variable, new Read(key, now, false));
    if (before != null && !before.key().equals(key)) {
      LOG.log(Level.INFO, "{0} has another key now", file);
      replaced.accept(variable);
    }
    return key;
  }

  @Override
  public String toString() {
    return "***";
  }
}
