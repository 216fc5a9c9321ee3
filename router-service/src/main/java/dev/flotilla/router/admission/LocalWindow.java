package dev.flotilla.router.admission;

import java.util.Map;
import java.util.TreeMap;

/**
 * The window of {@code admit.lua} in this process: a slot is counted until all of it is older than
 * the window. Not thread-safe.
 */
final class LocalWindow {
  private final long window;
  private final long slot;

  /** Slot number to requests and tokens. */
  private final TreeMap<Long, long[]> slots = new TreeMap<>();

  LocalWindow(AdmissionConfig config) {
    this.window = config.window().toMillis();
    this.slot = config.slotMillis();
  }

  /** Counts a request with its tokens if both fit. */
  Count admit(long now, Limits limits, long tokens) {
    forget(now);
    long requestsWait = wait(now, 0, 1, limits.requests());
    long tokensWait = wait(now, 1, tokens, limits.tokens());
    boolean admitted = requestsWait == 0 && tokensWait == 0;
    long at = admitted ? add(now, 1, tokens) : Math.floorDiv(now, slot);
    return new Count(
        admitted, at, used(0), used(1), reset(now, 0), reset(now, 1), requestsWait, tokensWait);
  }

  /**
   * Counts what was admitted elsewhere.
   *
   * @return the slot it is counted in
   */
  long add(long now, long requests, long tokens) {
    forget(now);
    long at = Math.floorDiv(now, slot);
    long[] counts = slots.computeIfAbsent(at, _ -> new long[2]);
    counts[0] += requests;
    counts[1] += tokens;
    return at;
  }

  /**
   * Corrects the tokens of a slot.
   *
   * @return false when it is not counted any more
   */
  boolean adjust(long at, long tokens) {
    long[] counts = slots.get(at);
    if (counts == null) {
      return false;
    }
    counts[1] = Math.max(0, counts[1] + tokens);
    return true;
  }

  /** Requests and tokens counted now; from here on none of them is. */
  long[] drain(long now) {
    forget(now);
    long[] all = {used(0), used(1)};
    slots.clear();
    return all;
  }

  private void forget(long now) {
    while (!slots.isEmpty() && leaves(slots.firstKey()) <= now) {
      slots.pollFirstEntry();
    }
  }

  private long wait(long now, int kind, long wanted, long limit) {
    long over = used(kind) + wanted - limit;
    if (limit == Limits.NONE || over <= 0) {
      return 0;
    }
    for (Map.Entry<Long, long[]> entry : slots.entrySet()) {
      over -= entry.getValue()[kind];
      if (over <= 0) {
        return leaves(entry.getKey()) - now;
      }
    }
    return window;
  }

  private long reset(long now, int kind) {
    for (Map.Entry<Long, long[]> entry : slots.descendingMap().entrySet()) {
      if (entry.getValue()[kind] > 0) {
        return leaves(entry.getKey()) - now;
      }
    }
    return 0;
  }

  private long used(int kind) {
    return slots.values().stream().mapToLong(counts -> counts[kind]).sum();
  }

  private long leaves(long at) {
    return (at + 1) * slot + window;
  }
}
