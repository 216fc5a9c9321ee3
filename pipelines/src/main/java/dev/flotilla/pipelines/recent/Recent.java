package dev.flotilla.pipelines.recent;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was worked out last, up to a number. Thread-safe. */
public final class Recent<K, V> {
  private final Map<K, V> values;

  /**
   * @param most so many are kept; who was not asked for the longest goes first
   */
  public Recent(int most) {
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
  public synchronized @Nullable V get(K key) {
    return values.get(key);
  }

  public synchronized void keep(K key, V value) {
    values.put(key, value);
  }
}
