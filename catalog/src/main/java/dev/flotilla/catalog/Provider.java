package dev.flotilla.catalog;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who serves models.
 *
 * @param id how this provider is named in model ids, metrics and the ledger
 * @param dialect which wire format it speaks, e.g. {@code openai}
 * @param baseUrl where it listens, without a trailing slash; empty for the simulator. {@code
 *     {upstream}} in it stands for what the model is called there
 * @param baseUrlEnv environment variable that overrides {@code baseUrl}; null when none does
 * @param keyEnvs environment variables that hold its keys, each good for all; empty when it needs
 *     none
 * @param keyHeader header that carries the key as it is, e.g. {@code api-key}; null where the
 *     dialect's own way of showing it is right
 * @param query what every address ends with, e.g. {@code api-version}; in the order of the names
 */
public record Provider(
    String id,
    String dialect,
    String baseUrl,
    @Nullable String baseUrlEnv,
    List<String> keyEnvs,
    @Nullable String keyHeader,
    Map<String, String> query) {
  /** The dialect that invents its answers in this process. */
  public static final String SIMULATOR = "simulator";

  public Provider {
    keyEnvs = List.copyOf(keyEnvs);
    query = Collections.unmodifiableMap(new TreeMap<>(query));
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
    return new Provider(id, dialect, baseUrl, baseUrlEnv, List.of(keyEnv), keyHeader, query);
  }
}
