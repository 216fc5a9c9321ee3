package dev.flotilla.router.door;

import io.helidon.microprofile.server.RoutingPath;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Hangs the doors into the server. */
@ApplicationScoped
@RoutingPath("/")
class DoorService implements HttpService {
  private final Doors doors;

  @Inject
  DoorService(Doors doors) {
    this.doors = doors;
  }

  @Override
  public void routing(HttpRules rules) {
    doors.open(rules);
  }
}
