package dev.flotilla.kit.settings;

import dev.flotilla.contracts.telemetry.MetricNames;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;

/**
 * Whether files that are read again while a service runs were good the last time: the gauge {@code
 * config_last_reload_success}, 1 or 0. Thread-safe.
 */
public final class Reloads {
  private final AtomicInteger good = new AtomicInteger(1);

  private Reloads() {}

  /**
   * @param files what they are about, one word
   */
  public static Reloads of(String files, MetricRegistry metrics) {
    var reloads = new Reloads();
    metrics.gauge(
        Metadata.builder()
            .withName(MetricNames.CONFIG_LAST_RELOAD_SUCCESS)
            .withDescription(
                "1 when the files were good when they were read last, 0 while older ones hold")
            .build(),
        reloads.good::get,
        new Tag("files", files));
    return reloads;
  }

  public void succeeded() {
    good.set(1);
  }

  public void failed() {
    good.set(0);
  }
}
