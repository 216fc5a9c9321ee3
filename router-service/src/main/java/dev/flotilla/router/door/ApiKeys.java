package dev.flotilla.router.door;

import dev.flotilla.kit.hash.Sha256;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.settings.ConfigurationException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who the known keys belong to: those of the key file, and those that administrators issued. Keys
 * are kept as SHA-256 only: they are long and random, so nobody gets from hash to key. Looking a
 * hash up needs no constant time, because nobody can choose a hash's prefix. Both kinds can be
 * replaced while doors are open. Thread-safe.
 */
public final class ApiKeys {
  /** Whose a key is and what holds for it. */
  public record KnownKey(Caller caller, KeyPolicy policy) {}

  private final InstantSource clock;
  private volatile Map<String, KeyEntry> written = Map.of();
  private volatile Map<String, KeyEntry> issued = Map.of();
  private volatile boolean complete = true;

  private ApiKeys(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Reads the key file.
   *
   * @throws ConfigurationException naming the entry, what was found and what to write instead
   */
  public static ApiKeys read(Path file, InstantSource clock) {
    var keys = new ApiKeys(clock);
    keys.replaceWritten(KeyFile.read(file));
    return keys;
  }

  /** From now on these are the key file's. */
  void replaceWritten(Collection<KeyEntry> keys) {
    written = byHash(keys);
  }

  /** From now on these are the issued ones, and no other is missing. */
  public void replaceIssued(Collection<KeyEntry> keys) {
    issued = byHash(keys);
    complete = true;
  }

  /** There are issued keys, but nobody could read them yet. */
  public void awaitIssued() {
    complete = false;
  }

  /** Whether a key that is not known here is known nowhere. */
  boolean complete() {
    return complete;
  }

  /** Who a presented key belongs to; empty when nobody knows it or it has expired. */
  public Optional<KnownKey> whoHas(String presented) {
    return whoHasHash(Sha256.hex(presented));
  }

  Optional<KnownKey> whoHasHash(String sha256) {
    KeyEntry key = written.get(sha256);
    if (key == null) {
      key = issued.get(sha256);
    }
    return key == null || !clock.instant().isBefore(key.expires())
        ? Optional.empty()
        : Optional.of(key.known());
  }

  /** What holds now for the key of that id; empty when there is none, or it has expired. */
  public Optional<KeyPolicy> policyOf(String id) {
    Instant now = clock.instant();
    return Stream.of(written, issued)
        .flatMap(keys -> keys.values().stream())
        .filter(key -> key.known().caller().key().equals(id) && now.isBefore(key.expires()))
        .map(key -> key.known().policy())
        .findFirst();
  }

  /** Those of the key file, sorted by their ids. */
  public List<KeyEntry> written() {
    return written.values().stream()
        .sorted(Comparator.comparing(key -> key.known().caller().key()))
        .toList();
  }

  private static Map<String, KeyEntry> byHash(Collection<KeyEntry> keys) {
    return keys.stream()
        .collect(Collectors.toUnmodifiableMap(KeyEntry::sha256, Function.identity()));
  }
}
