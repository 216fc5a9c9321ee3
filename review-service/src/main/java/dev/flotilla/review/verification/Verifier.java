package dev.flotilla.review.verification;

import dev.flotilla.kit.http.Deadline;

/** One check, with its parameters. Implementations are thread-safe. */
public interface Verifier {
  String name();

  /** Says what it found, at the deadline at the latest if it can. */
  Verified verify(Artifact artifact, Deadline deadline);

  default Verified passed(String detail) {
    return new Verified(name(), true, detail);
  }

  default Verified failed(String detail) {
    return new Verified(name(), false, detail);
  }
}
