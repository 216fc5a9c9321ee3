package dev.flotilla.review.verification;

import dev.flotilla.kit.http.Deadline;
import java.util.Map;

/** Where commands are run: here in a sandbox, or by a service that has one. */
interface Workshop {
  /** Runs a command on an artifact, until the deadline at the latest. */
  Verified run(Command command, Artifact artifact, Map<String, String> given, Deadline deadline);
}
