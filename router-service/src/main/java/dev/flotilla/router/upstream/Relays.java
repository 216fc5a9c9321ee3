package dev.flotilla.router.upstream;

import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.settings.Settings;
import java.net.http.HttpClient;

/**
 * Whom requests are passed on to, how long they are waited for, and what a caller is told when they
 * are away. Thread-safe.
 *
 * @param token shown to them
 */
public record Relays(Settings settings, HttpClient http, ServiceToken token) {
  /** cost-service, for what it answers at once. */
  public Relay costs() {
    return ledger("flotilla.cost.patience");
  }

  /** cost-service, for files of any length. */
  public Relay exports() {
    return ledger("flotilla.cost.export-patience");
  }

  /** review-service, for what models judge. */
  public Relay reviews() {
    return review(
        "flotilla.review.patience",
        "The service that reviews does not answer. Look at GET /v1/reviews before asking again: a review that has begun may be there.");
  }

  /** review-service, for what people decide. */
  public Relay people() {
    return review(
        "flotilla.review.people-patience",
        "The service that asks people does not answer. Nothing is lost: what was decided stays decided; send the same request again.");
  }

  private Relay ledger(String patience) {
    return new Relay(
        http,
        settings.address("flotilla.cost.url"),
        token,
        settings.duration(patience),
        new ApiError(
            503,
            "server_error",
            "cost_service_unavailable",
            "The service that keeps the ledger does not answer. Nothing is lost: chat goes on, and rows arrive when it is back.",
            null,
            "router"));
  }

  private Relay review(String patience, String away) {
    return new Relay(
        http,
        settings.address("flotilla.review.url"),
        token,
        settings.duration(patience),
        new ApiError(503, "server_error", "review_service_unavailable", away, null, "router"));
  }
}
