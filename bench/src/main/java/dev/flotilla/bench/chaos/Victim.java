package dev.flotilla.bench.chaos;

import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;

/** What is killed, by SIGKILL; the supervisor starts it again. */
enum Victim {
  ROUTER,
  PROVIDER,
  COST,
  POSTGRES,
  REDIS;

  /** Returns when it is back. */
  void die(LocalFleet fleet) {
    switch (this) {
      case ROUTER -> killed(fleet, Service.ROUTER);
      case PROVIDER -> killed(fleet, Service.PROVIDER);
      case COST -> killed(fleet, Service.COST);
      case POSTGRES -> {
        fleet.kill9Postgres();
        fleet.awaitPostgres();
      }
      case REDIS -> {
        fleet.kill9Redis();
        fleet.awaitRedis();
      }
    }
  }

  private static void killed(LocalFleet fleet, Service service) {
    fleet.kill9(service);
    fleet.awaitReady(service);
  }
}
