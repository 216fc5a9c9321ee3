package dev.flotilla.router;

import dev.flotilla.kit.heap.HeapConfig;
import dev.flotilla.kit.heap.HeapRoom;
import dev.flotilla.kit.http.InFlight;
import dev.flotilla.router.door.Porter;
import io.helidon.microprofile.metrics.RegistryFactory;
import java.time.Duration;
import org.eclipse.microprofile.metrics.MetricRegistry;

/** Porters for tests. */
public final class Porters {
  public static final MetricRegistry METRICS =
      RegistryFactory.getInstance().getRegistry(Porters.class.getSimpleName());

  private Porters() {}

  /** Lets everybody in. */
  public static Porter everybody() {
    return patient(Duration.ofSeconds(10), 100_000);
  }

  /** Lets so many in at once, and waits so long for a body. */
  public static Porter patient(Duration patience, int most) {
    return new Porter(
        new InFlight(most), new HeapRoom(new HeapConfig(0.95, 0.9)), patience, METRICS);
  }
}
