package dev.flotilla.cost.start;

import dev.flotilla.kit.postgres.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the schema is migrated and PostgreSQL answers. */
@Readiness
@ApplicationScoped
class PostgresReadiness implements HealthCheck {
  private final Database database;

  @Inject
  PostgresReadiness(Database database) {
    this.database = database;
  }

  @Override
  public HealthCheckResponse call() {
    return database.readiness();
  }
}
