package dev.flotilla.local.supervision;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * How one part of the fleet is launched, recognised as ready, and asked to end. {@link Part}
 * decides when.
 */
interface Program {
  String name();

  /** May block until the process has a pid. Its output goes to its own log. */
  ProcessHandle launch() throws IOException;

  boolean ready();

  /** How long it may take over its last work before it is ended the hard way. */
  Duration farewell();

  int port();

  default @Nullable Integer opsPort() {
    return null;
  }

  /** Completes soon after the process has ended. */
  default CompletableFuture<ProcessHandle> endOf(ProcessHandle process) {
    return process.onExit();
  }

  default void askToEnd(ProcessHandle process) {
    process.destroy();
  }
}
