package dev.flotilla.kit.departure;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** A process that is leaving is well, and not ready. */
@Readiness
@ApplicationScoped
public class DepartureReadiness implements HealthCheck {
  private final Departure departure;

  @Inject
  DepartureReadiness(Departure departure) {
    this.departure = departure;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("staying").status(!departure.announced()).build();
  }
}
