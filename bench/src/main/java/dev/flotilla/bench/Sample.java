package dev.flotilla.bench;

import dev.flotilla.bench.load.Seen;
import java.util.Map;

/**
 * One target under one load for some seconds.
 *
 * @param cpuSeconds of the target's processes meanwhile, and of what they store in
 * @param upstreamCalls made for them; a cache answers the rest
 * @param residentMb by process, at the end
 */
record Sample(
    String scenario,
    String target,
    int round,
    double cpuSeconds,
    double storesCpuSeconds,
    long upstreamCalls,
    Map<String, Double> residentMb,
    Seen seen) {

  /** CPU seconds for a thousand requests, those before counting began included. */
  double cpuPerThousand() {
    return seen.requests() == 0 ? 0 : cpuSeconds * 1_000 / seen.requests();
  }

  double storesCpuPerThousand() {
    return seen.requests() == 0 ? 0 : storesCpuSeconds * 1_000 / seen.requests();
  }

  /** CPU microseconds for a chunk of a stream; 0 without any. */
  double cpuMicrosPerChunk() {
    return seen.chunks() == 0 ? 0 : cpuSeconds * 1_000_000 / seen.chunks();
  }

  double perSecond() {
    return seen.answered() / seen.seconds();
  }
}
