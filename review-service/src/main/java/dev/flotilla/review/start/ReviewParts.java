package dev.flotilla.review.start;

import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.DatabaseConfig;
import dev.flotilla.kit.settings.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The schema. A wrong configuration stops the start; a database that is away does not. */
@ApplicationScoped
class ReviewParts {
  @Produces
  @Singleton
  Database database(Settings settings) {
    return Database.open(DatabaseConfig.from(settings, "review"));
  }

  void close(@Disposes Database database) {
    database.close();
  }

  /** Without this it would be opened by the first request. */
  void open(@Observes @Initialized(ApplicationScoped.class) Object start, Database database) {}
}
