package dev.flotilla.local.training;

import dev.flotilla.local.supervision.AotCache;
import dev.flotilla.local.supervision.AotStamp;
import dev.flotilla.local.supervision.CannotStart;
import dev.flotilla.local.supervision.FleetOptions;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.LocalFleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Starts a fleet that writes down what its JVMs learn, asks it something, and makes the caches. */
public final class Training {
  /** At the lowest priority everything may take long; nobody waits for it. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** No keys, no addresses: the simulator answers, and the stores are its own. */
  private static final Set<String> HARMLESS = Set.of("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL");

  private final Path tree;
  private final Path scratch;

  private Training(Path tree) {
    this.tree = tree;
    this.scratch = AotCache.folderIn(tree).resolve("rehearsal");
  }

  /** With the tree as its one argument. */
  public static void main(String[] args) {
    Thread.ofPlatform().daemon().name("parent-watch").start(Training::endWithTheParent);
    System.exit(new Training(Path.of(args[0])).run());
  }

  private int run() {
    try {
      var caches =
          AotCache.allIn(tree).stream()
              .filter(cache -> !cache.fits())
              .collect(Collectors.toMap(AotCache::service, cache -> cache));
      var stamps = new HashMap<AotCache, AotStamp>();
      for (var cache : caches.values()) {
        stamps.put(cache, AotStamp.of(cache.jar()));
      }
      var options =
          FleetOptions.inTree(tree)
              .withState(scratch)
              .withPorts(FleetPorts.free())
              .withEnvironment(harmlessEnvironment())
              .withPatience(PATIENCE)
              .withCode(
                  service -> {
                    var missing = caches.get(service);
                    return missing == null
                        ? AotCache.of(service, tree).startWithIt()
                        : missing.startRecording();
                  });
      try (var fleet = LocalFleet.startUntilExit(options, Training::note, state -> {})) {
        new Rehearsal(fleet).play();
      }
      for (var stamp : stamps.entrySet()) {
        stamp.getKey().assemble(stamp.getValue());
        note(stamp.getKey().service().label() + " starts faster from now on");
      }
      delete(scratch);
      return 0;
    } catch (CannotStart | IOException e) {
      note("No caches: " + e.getMessage());
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private static void note(String line) {
    System.out.println(line);
  }

  private static Map<String, String> harmlessEnvironment() {
    var environment = new HashMap<>(System.getenv());
    environment.keySet().retainAll(HARMLESS);
    return environment;
  }

  /** A parent that waits for us is not kept waiting: what was learned so far is dropped. */
  private static void endWithTheParent() {
    try {
      while (System.in.read() >= 0) {}
    } catch (IOException broken) {
      // As good as closed.
    }
    ProcessHandle.current()
        .children()
        .filter(Training::isJvm)
        .forEach(ProcessHandle::destroyForcibly);
    System.exit(1);
  }

  private static boolean isJvm(ProcessHandle process) {
    return process.info().command().orElse("").endsWith("java");
  }

  private static void delete(Path directory) throws IOException {
    try (var paths = Files.walk(directory)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
