package dev.flotilla.kit.departure;

import dev.flotilla.kit.settings.Settings;
import io.helidon.microprofile.server.ServerCdiExtension;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Singleton;

/** Puts the farewell into the server, and begins it when the process is asked to end. */
@ApplicationScoped
class DepartureParts {
  private static final System.Logger LOG = System.getLogger(DepartureParts.class.getName());

  /** Before Helidon's server (4100), which reads its routing then. */
  private static final int BEFORE_THE_SERVER_STARTS = 3_000;

  /** Before any part of a service stops, and before the server, which Helidon stops at 0. */
  private static final int BEFORE_ANYTHING_STOPS = -100;

  @Produces
  @Singleton
  Departure departure(Settings settings) {
    return new Departure(DepartureConfig.from(settings));
  }

  void start(
      @Observes @Priority(BEFORE_THE_SERVER_STARTS) @Initialized(ApplicationScoped.class)
          Object event,
      Departure departure,
      BeanManager beans) {
    beans
        .getExtension(ServerCdiExtension.class)
        .serverRoutingBuilder()
        .addFilter(new Farewell(departure));
  }

  void leave(
      @Observes @Priority(BEFORE_ANYTHING_STOPS) @BeforeDestroyed(ApplicationScoped.class)
          Object event,
      Departure departure) {
    LOG.log(System.Logger.Level.INFO, "Leaving: not ready any more, and still answering");
    try {
      int inside = departure.announce();
      if (inside > 0) {
        LOG.log(
            System.Logger.Level.WARNING,
            "{0} requests are longer than {1}",
            inside,
            departure.grace());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
