package dev.flotilla.router.door;

import io.helidon.microprofile.server.RoutingName;
import io.helidon.microprofile.server.RoutingPath;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Hangs the management doors into the management port; without one nothing starts. */
@ApplicationScoped
@RoutingName(value = "ops", required = true)
@RoutingPath("/")
class ManagementService implements HttpService {
  private final ManagementDoors management;

  @Inject
  ManagementService(ManagementDoors management) {
    this.management = management;
  }

  @Override
  public void routing(HttpRules rules) {
    management.doors().openBeside(rules);
  }
}
