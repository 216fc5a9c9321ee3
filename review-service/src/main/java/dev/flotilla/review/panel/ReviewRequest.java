package dev.flotilla.review.panel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.review.policy.Policy;
import dev.flotilla.review.reviewer.Assignment;
import dev.flotilla.review.verification.Verifier;
import java.time.Duration;
import java.util.List;

/**
 * What a caller wants to have reviewed.
 *
 * @param reviewers ids or aliases; empty when the policy chooses
 * @param authors ids or aliases of every model that contributed; empty when none did
 * @param verify what is to be verified, in this order; may be nothing
 * @param patience how long the whole review may take
 * @param metadata the caller's own, given back as it came
 */
record ReviewRequest(
    Assignment assignment,
    List<String> reviewers,
    List<String> authors,
    Policy policy,
    List<Verifier> verify,
    Duration patience,
    ObjectNode metadata) {
  ReviewRequest {
    reviewers = List.copyOf(reviewers);
    authors = List.copyOf(authors);
    verify = List.copyOf(verify);
  }
}
