package dev.flotilla.review.verification;

import dev.flotilla.kit.http.Deadline;

/** There is something beside space. */
record NonEmpty() implements Verifier {
  @Override
  public String name() {
    return "non-empty";
  }

  @Override
  public Verified verify(Artifact artifact, Deadline deadline) {
    return artifact.content().isBlank()
        ? failed("there is nothing but space")
        : passed(artifact.content().length() + " characters");
  }
}
