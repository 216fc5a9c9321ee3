package dev.flotilla.local.supervision;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Processes of a fleet whose supervisor was killed. Only what was written down by that supervisor
 * and still names its state directory on the command line is ended: a pid alone may belong to
 * anybody by now.
 */
public final class Leftovers {
  private final StateDirectory state;

  public Leftovers(StateDirectory state) {
    this.state = state;
  }

  /**
   * Services first, which end by themselves and need the others for it. To be called only while
   * nobody holds the lock.
   *
   * @return the names of what had to be ended
   */
  public List<String> end() {
    var ended = new ArrayList<String>();
    for (var service : List.of(Service.ROUTER, Service.PROVIDER, Service.COST, Service.REVIEW)) {
      end(service.label(), state.run(service.label() + ".pid"), Duration.ofSeconds(40), ended);
    }
    end("postgres", state.postgres().resolve("postmaster.pid"), Duration.ofSeconds(10), ended);
    end("postgres", state.run("postgres.pid"), Duration.ofSeconds(10), ended);
    end("redis", state.run("redis.pid"), Duration.ofSeconds(10), ended);
    end(Viewer.NAME, state.run(Viewer.NAME + ".pid"), Duration.ofSeconds(5), ended);
    return ended;
  }

  /** The process that was written down under this name, if it is still the one. */
  Optional<ProcessHandle> find(String name) {
    return ours(state.run(name + ".pid"));
  }

  /** Ends what was written down under this name. */
  void end(String name, Duration patience) {
    end(name, state.run(name + ".pid"), patience, new ArrayList<>());
    state.delete(name + ".pid");
  }

  private void end(String name, Path pidFile, Duration patience, List<String> ended) {
    var process = ours(pidFile);
    if (process.isEmpty()) {
      return;
    }
    process.get().destroy();
    if (!ProcessEnd.within(patience, process.get())) {
      process.get().destroyForcibly();
      ProcessEnd.within(patience, process.get());
    }
    ended.add(name);
  }

  private Optional<ProcessHandle> ours(Path pidFile) {
    try {
      var pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
      return ProcessHandle.of(pid)
          .filter(process -> process.info().commandLine().orElse("").contains(state.mark()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
