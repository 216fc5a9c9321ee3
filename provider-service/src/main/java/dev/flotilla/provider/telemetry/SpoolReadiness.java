package dev.flotilla.provider.telemetry;

import dev.flotilla.provider.spool.Spool;
import dev.flotilla.provider.spool.SpoolState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready while a paid call could be written down. A ledger that is away does not matter here. */
@Readiness
@ApplicationScoped
public class SpoolReadiness implements HealthCheck {
  private final Spool spool;

  @Inject
  SpoolReadiness(Spool spool) {
    this.spool = spool;
  }

  @Override
  public HealthCheckResponse call() {
    SpoolState state = spool.state();
    return HealthCheckResponse.named("spool")
        .status(state.writable())
        .withData("bytes", state.bytes())
        .withData("limit_bytes", state.limitBytes())
        .withData("unshipped", state.unshipped())
        .build();
  }
}
