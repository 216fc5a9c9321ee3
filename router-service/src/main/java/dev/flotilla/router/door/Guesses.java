package dev.flotilla.router.door;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How often unknown keys came from where. Whoever shows too many within a minute is not looked up
 * any more until it has passed, except with keys that have come in from there before: behind one
 * address there may be many, and one of them with a wrong key must not lock the others out.
 * Thread-safe.
 */
public final class Guesses {
  private static final long WINDOW = Duration.ofMinutes(1).toNanos();

  /** Sources, and keys of each, that are remembered; those unused for longest are forgotten. */
  private static final int MOST_SOURCES = 10_000;

  private static final int MOST_KEYS = 1_000;

  private final int most;
  private final LongSupplier nanoClock;
  private final Map<String, Source> sources =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Source> eldest) {
          return size() > MOST_SOURCES;
        }
      };

  /**
   * @param most failures within a minute
   * @param nanoClock as {@link System#nanoTime}
   */
  public Guesses(int most, LongSupplier nanoClock) {
    this.most = most;
    this.nanoClock = nanoClock;
  }

  private static final class Source {
    private final Set<String> cameIn = new LinkedHashSet<>();
    private long windowStart;
    private int failures;
  }

  /** How long nobody looks at a key from there; null when it may be looked up. */
  public synchronized @Nullable Duration refused(InetAddress address, String sha256) {
    Source source = sources.get(name(address));
    if (source == null || source.cameIn.contains(sha256)) {
      return null;
    }
    long left = source.windowStart + WINDOW - nanoClock.getAsLong();
    return source.failures < most || left <= 0 ? null : Duration.ofNanos(left);
  }

  /** An unknown key came from there. */
  public synchronized void failed(InetAddress address) {
    Source source = sources.computeIfAbsent(name(address), none -> new Source());
    long now = nanoClock.getAsLong();
    if (source.failures == 0 || now - source.windowStart >= WINDOW) {
      source.windowStart = now;
      source.failures = 0;
    }
    source.failures++;
  }

  synchronized void cameIn(InetAddress address, String sha256) {
    Set<String> known = sources.computeIfAbsent(name(address), none -> new Source()).cameIn;
    if (known.add(sha256) && known.size() > MOST_KEYS) {
      known.remove(known.iterator().next());
    }
  }

  /** Of IPv6 the network: who has one address of it has all. */
  private static String name(InetAddress address) {
    byte[] bytes = address.getAddress();
    return HexFormat.of()
        .formatHex(address instanceof Inet6Address ? Arrays.copyOf(bytes, 8) : bytes);
  }
}
