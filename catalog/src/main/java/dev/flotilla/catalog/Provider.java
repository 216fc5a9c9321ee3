package dev.flotilla.catalog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who serves models.
 *
 * @param id how this provider is named in model ids, metrics and the ledger
 * @param dialect which wire format it speaks, e.g. {@code openai}
 * @param baseUrl where it listens, without a trailing slash; empty for the simulator
 * @param baseUrlEnv environment variable that overrides {@code baseUrl}; null when none does
 * @param keyEnvs environment variables that hold its keys, each good for all; empty when it needs
 *     none
 */
public record Provider(
    String id, String dialect, String baseUrl, @Nullable String baseUrlEnv, List<String> keyEnvs) {
  /** The dialect that invents its answers in this process. */
  public static final String SIMULATOR = "simulator";

  public Provider {
    keyEnvs = List.copyOf(keyEnvs);
  }

  public boolean simulated() {
    return dialect.equals(SIMULATOR);
  }

  /** The first variable that holds a key; null when it needs none. */
  public @Nullable String keyEnv() {
    return keyEnvs.isEmpty() ? null : keyEnvs.getFirst();
  }

  /** The same, opened by one of its keys. */
  Provider withKey(String keyEnv) {
    return new Provider(id, dialect, baseUrl, baseUrlEnv, List.of(keyEnv));
  }
}
