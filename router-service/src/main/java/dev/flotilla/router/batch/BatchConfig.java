package dev.flotilla.router.batch;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * @param runs whether this process works on batches, and does not only take them in
 * @param mostItems of one batch
 * @param mostConcurrency items of one batch at once, whatever it asks for
 * @param mostInFlight items of all batches at once in this process
 * @param lease after so long without a word of its holder an item is taken over
 * @param look how often somebody looks for work that another process put down
 * @param patience most time for one item
 * @param mostRetries of an item whose failure may pass
 * @param keep how long a batch that has ended is there
 */
public record BatchConfig(
    boolean runs,
    int mostItems,
    int mostConcurrency,
    int mostInFlight,
    Duration lease,
    Duration look,
    Duration patience,
    int mostRetries,
    Duration keep) {
  public BatchConfig {
    if (lease.toMillis() < 300) {
      throw new ConfigurationException(
          "flotilla.batch.lease is " + lease + "; write PT0.3S or more, for example PT30S");
    }
    if (look.isZero()) {
      throw new ConfigurationException("flotilla.batch.look is PT0S; write for example PT2S");
    }
  }

  public static BatchConfig from(Settings settings) {
    return new BatchConfig(
        settings.names("flotilla.router.roles").contains("runner"),
        (int) settings.number("flotilla.batch.most-items", 1, 100_000),
        (int) settings.number("flotilla.batch.most-concurrency", 1, 1_000),
        (int) settings.number("flotilla.batch.most-in-flight", 1, 10_000),
        settings.duration("flotilla.batch.lease"),
        settings.duration("flotilla.batch.look"),
        settings.duration("flotilla.batch.patience"),
        (int) settings.number("flotilla.batch.most-retries", 0, 20),
        settings.duration("flotilla.batch.keep"));
  }
}
