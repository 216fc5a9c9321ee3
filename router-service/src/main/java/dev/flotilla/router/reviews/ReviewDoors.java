package dev.flotilla.router.reviews;

import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.idempotency.Idempotency;
import dev.flotilla.router.trail.Trail;
import dev.flotilla.router.upstream.Relay;
import dev.flotilla.router.upstream.Relays;
import java.util.List;

/** What models judge, and what people decide when they cannot. */
public final class ReviewDoors {
  private static final int DECISION_BYTES = 50_000;

  private static final String SHOWS =
      "Shows reviews of the caller's team; passed on to review-service.";
  private static final String JUDGED =
      "How reviews can be decided, and how often reviewers were right; passed on to review-service.";
  private static final String WAITS =
      "Shows what people of the caller's team are asked, and what they decided.";
  private static final String SETTLES =
      "Claims what machines could not decide (…/claim), or decides it (…/decision); the first decision holds.";

  private ReviewDoors() {}

  /**
   * @param maxBytes longest body in bytes
   * @param trail remembers who decided what
   */
  public static List<Door> of(Relays relays, int maxBytes, Idempotency idempotency, Trail trail) {
    Relay judges = relays.reviews();
    Relay people = relays.people();
    return List.of(
        new Door(
            "POST",
            "/v1/reviews",
            Role.ASKERS,
            maxBytes,
            "Has an artifact judged by models that did not write it; review-service does.",
            idempotency.once(judges)),
        new Door("GET", "/v1/reviews", Role.ANYBODY, 0, SHOWS, people),
        new Door("GET", "/v1/review-policies", Role.ANYBODY, 0, JUDGED, people),
        new Door("GET", "/v1/reviewers", Role.ANYBODY, 0, JUDGED, people),
        new Door("GET", "/v1/reviews/*", Role.ANYBODY, 0, SHOWS, people),
        new Door(
            "POST",
            "/v1/reviews/*",
            Role.REVIEWERS,
            DECISION_BYTES,
            SETTLES,
            trail.recording("review.settle", people)),
        new Door("GET", "/v1/decisions", Role.PEOPLE, 0, WAITS, people),
        new Door("GET", "/v1/decisions/*", Role.PEOPLE, 0, WAITS, people),
        new Door(
            "POST",
            "/v1/decisions/*",
            Role.REVIEWERS,
            DECISION_BYTES,
            SETTLES,
            trail.recording("decision.settle", people)));
  }
}
