package dev.flotilla.cost.start;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.CatalogException;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.DatabaseConfig;
import dev.flotilla.kit.postgres.Share;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/**
 * Schema, catalogue and clock. A wrong configuration stops the start; a database that is away does
 * not.
 */
@ApplicationScoped
class CostParts {
  @Produces
  @Singleton
  Database database(Settings settings) {
    return Database.open(DatabaseConfig.from(settings, "cost"));
  }

  /**
   * What attempts and decisions are written with. Batches wait for each other's rows and for their
   * turn to count, and a batch that takes long is sent again: without a limit they would hold every
   * connection, and reports, leases and budgets would find none.
   */
  @Produces
  @Singleton
  Share writers(Database database) {
    return database.half();
  }

  void close(@Disposes Database database) {
    database.close();
  }

  @Produces
  @Singleton
  Catalog catalog(Settings settings) {
    try {
      return Catalog.readAll(settings.path("flotilla.config.dir").resolve("catalog"));
    } catch (CatalogException e) {
      throw new ConfigurationException(String.valueOf(e.getMessage()), e);
    }
  }

  @Produces
  @Singleton
  Clock clock() {
    return Clock.systemUTC();
  }

  /**
   * Without this they would be opened by the first request, and a mistake would be found by a
   * caller.
   */
  void open(
      @Observes @Initialized(ApplicationScoped.class) Object start,
      Database database,
      Catalog catalog) {}
}
