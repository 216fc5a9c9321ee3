package dev.flotilla.local.supervision;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A fleet of {@link FakeService}s in a directory of a test. */
final class FakeFleet {
  /** Unpacked once for all tests. */
  static final Path PARTS = Path.of("target", "parts");

  private FakeFleet() {}

  /** With Redis and PostgreSQL of its own. */
  static FleetOptions whole(Path directory) {
    var options = FleetOptions.inTree(directory);
    return new FleetOptions(
            options.tree(),
            options.state(),
            PARTS,
            FleetPorts.free(),
            Map.of("PATH", System.getenv("PATH")),
            Map.of(),
            launch -> launch.jvm(FakeService.code(launch.service())),
            Duration.ofSeconds(30))
        .withState(directory.resolve("state"));
  }

  /** With stores that are somebody else's, and so quicker. */
  static FleetOptions servicesOnly(Path directory) {
    return whole(directory)
        .with(ServiceEnvironment.REDIS_URL, "redis://127.0.0.1:1")
        .with(ServiceEnvironment.POSTGRES_URL, "jdbc:postgresql://127.0.0.1:1/none");
  }

  /** Supervises a fleet in a process of its own, for tests that kill the supervisor. */
  public static final class Main {
    private Main() {}

    public static void main(String[] args) throws InterruptedException {
      var options = whole(Path.of(args[0]));
      LocalFleet.startUntilExit(options, System.err::println, state -> {});
      Thread.currentThread().join();
    }
  }
}
