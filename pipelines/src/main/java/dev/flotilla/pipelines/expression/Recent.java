package dev.flotilla.pipelines.expression;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was worked out last. Compiling takes CEL about a millisecond, and the same expressions are
 * compiled again and again: while a file is checked, and for every run that goes on. Thread-safe.
 */
final class Recent<K, V> {
  private final Map<K, V> values;

  /**
   * @param most so many are kept; who was not asked for the longest goes first
   */
  Recent(int most) {
    values =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > most;
          }
        };
  }

  /** Null when it is not kept, or was never. */
  synchronized @Nullable V get(K key) {
    return values.get(key);
  }

  synchronized void keep(K key, V value) {
    values.put(key, value);
  }
}
