package dev.flotilla.catalog;

import org.jspecify.annotations.Nullable;

/**
 * Somebody who serves models.
 *
 * @param id how this provider is named in model ids, metrics and the ledger
 * @param dialect which wire format it speaks, e.g. {@code openai}
 * @param baseUrl where it listens, without a trailing slash; empty for the simulator
 * @param baseUrlEnv environment variable that overrides {@code baseUrl}; null when none does
 * @param keyEnv environment variable that holds its key; null when it needs none
 */
public record Provider(
    String id,
    String dialect,
    String baseUrl,
    @Nullable String baseUrlEnv,
    @Nullable String keyEnv) {
  /** The dialect that invents its answers in this process. */
  public static final String SIMULATOR = "simulator";

  public boolean simulated() {
    return dialect.equals(SIMULATOR);
  }
}
