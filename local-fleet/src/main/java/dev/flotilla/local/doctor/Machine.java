package dev.flotilla.local.doctor;

import dev.flotilla.local.supervision.AotCache;
import dev.flotilla.local.supervision.FleetOptions;
import dev.flotilla.local.supervision.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The build, the disk, and which providers there are keys for. */
final class Machine {
  /** A build, the caches of its JVMs and a young ledger, with room to breathe. */
  private static final long ENOUGH = 2L << 30;

  private static final List<String> KEYS =
      List.of("OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "DEEPSEEK_API_KEY");

  private final FleetOptions options;

  Machine(FleetOptions options) {
    this.options = options;
  }

  List<Finding> look() {
    return List.of(build(), starts(), state(), keys());
  }

  private Finding build() {
    var missing =
        Stream.of(Service.values())
            .filter(service -> !Files.exists(AotCache.of(service, options.tree()).jar()))
            .map(Service::label)
            .toList();
    return Finding.well(
        "build",
        missing.isEmpty()
            ? "all services are built"
            : "./fleet up will build " + String.join(", ", missing));
  }

  private Finding starts() {
    var ready = AotCache.allIn(options.tree()).stream().filter(AotCache::fits).count();
    return Finding.well(
        "faster starts",
        ready + " of 4 services" + (ready == 4 ? "" : "; prepared a minute after ./fleet up"));
  }

  private Finding state() {
    var place = existing(options.state());
    if (!Files.isWritable(place)) {
      return Finding.problem(
          "state directory", place + " cannot be written", "name another one with --state DIR");
    }
    try {
      var free = Files.getFileStore(place).getUsableSpace();
      var found = "%s, %d GB free".formatted(options.state(), free >> 30);
      return free >= ENOUGH
          ? Finding.well("state directory", found)
          : Finding.problem(
              "state directory",
              found,
              "make room for 2 GB, or name a place that has it with --state DIR");
    } catch (IOException e) {
      return Finding.problem(
          "state directory", String.valueOf(e.getMessage()), "name another one with --state DIR");
    }
  }

  /** The directory itself, or the first one above it that is there already. */
  private static Path existing(Path directory) {
    var place = directory;
    while (!Files.exists(place) && place.getParent() != null) {
      place = place.getParent();
    }
    return place;
  }

  private Finding keys() {
    var present =
        KEYS.stream()
            .filter(key -> !options.environment().getOrDefault(key, "").isBlank())
            .toList();
    return Finding.well(
        "provider keys",
        present.isEmpty()
            ? "none, so the simulator answers"
            : String.join(", ", present) + " set: answers cost real money");
  }
}
