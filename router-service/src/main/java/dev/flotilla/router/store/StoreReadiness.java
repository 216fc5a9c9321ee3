package dev.flotilla.router.store;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * A router is ready without its database, but not before it is known whether there is one: else
 * runs and batches of its first moment would be refused while the schema is looked at.
 */
@Readiness
@ApplicationScoped
public class StoreReadiness implements HealthCheck {
  private final Store store;

  @Inject
  StoreReadiness(Store store) {
    this.store = store;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("store").status(store.settled()).build();
  }
}
