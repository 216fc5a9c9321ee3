package dev.flotilla.router.validation;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The things used last, up to a number. Thread-safe. */
final class Latest<K, V> {
  private final Map<K, V> things;

  Latest(int most) {
    this.things =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > most;
          }
        };
  }

  synchronized @Nullable V get(K key) {
    return things.get(key);
  }

  synchronized void put(K key, V value) {
    things.put(key, value);
  }
}
