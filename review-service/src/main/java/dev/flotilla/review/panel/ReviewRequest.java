package dev.flotilla.review.panel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.review.policy.Policy;
import dev.flotilla.review.policy.Risk;
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
 * @param risk of letting something wrong through
 * @param patience how long the whole review may take
 * @param metadata the caller's own, given back as it came
 */
record ReviewRequest(
    Assignment assignment,
    List<String> reviewers,
    List<String> authors,
    Policy policy,
    Verify verify,
    Risk risk,
    Duration patience,
    ObjectNode metadata) {
  ReviewRequest {
    reviewers = List.copyOf(reviewers);
    authors = List.copyOf(authors);
  }

  /**
   * What is to be verified.
   *
   * @param asked as the request says it
   */
  record Verify(JsonNode asked, List<Verifier> verifiers) {
    static final Verify NOTHING = new Verify(Json.object().putArray("verify"), List.of());

    Verify {
      verifiers = List.copyOf(verifiers);
    }
  }

  /** The same for another version of the artifact. */
  ReviewRequest about(Assignment version) {
    return new ReviewRequest(version, reviewers, authors, policy, verify, risk, patience, metadata);
  }
}
