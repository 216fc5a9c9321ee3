package dev.flotilla.review.start;

import dev.flotilla.kit.postgres.Database;
import dev.flotilla.review.door.Role;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the schema is migrated and PostgreSQL answers; a verifier has none, and is. */
@Readiness
@ApplicationScoped
class PostgresReadiness implements HealthCheck {
  private final Role role;
  private final Instance<Database> database;

  @Inject
  PostgresReadiness(Role role, Instance<Database> database) {
    this.role = role;
    this.database = database;
  }

  @Override
  public HealthCheckResponse call() {
    return role == Role.VERIFIER ? HealthCheckResponse.up("verifier") : database.get().readiness();
  }
}
