package dev.flotilla.review.sandbox;

import java.time.Duration;

/**
 * What a command may use. The kernel holds CPU, addresses, files, space and processes; time, memory
 * and output are watched.
 *
 * @param wallClock from start to end
 * @param cpu of each process, in whole seconds
 * @param memoryMegabytes of all processes together, looked at several times a second; and what one
 *     process may have of its own
 * @param addressMegabytes of each process; what is reserved counts, so that a JVM needs some
 *     thousands
 * @param fileMegabytes of one file
 * @param spaceMegabytes of all files together; they lie in memory
 * @param processes and threads, at once
 * @param outputKilobytes of stdout and stderr together
 */
public record Limits(
    Duration wallClock,
    Duration cpu,
    int memoryMegabytes,
    int addressMegabytes,
    int fileMegabytes,
    int spaceMegabytes,
    int processes,
    int outputKilobytes) {
  /** For a small tool or interpreter. */
  public static final Limits USUAL =
      new Limits(Duration.ofSeconds(20), Duration.ofSeconds(10), 512, 4_096, 16, 64, 64, 64);

  public Limits {
    if (!wallClock.isPositive() || cpu.toSeconds() < 1) {
      throw new IllegalArgumentException("time must be positive, that of the CPU at least PT1S");
    }
    if (Math.min(
            Math.min(Math.min(memoryMegabytes, addressMegabytes), fileMegabytes),
            Math.min(Math.min(spaceMegabytes, processes), outputKilobytes))
        < 1) {
      throw new IllegalArgumentException("every limit must be 1 or more");
    }
  }
}
