package dev.flotilla.router.idempotency;

import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.metrics.LabelledCounter;
import dev.flotilla.kit.redis.SealedValues;
import dev.flotilla.kit.redis.TimeBoxedRedis;
import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Visit;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests that carry an {@code idempotency-key} once per team and key, by all routers
 * together. While Redis is away they are answered as if they had none, and told so. Thread-safe.
 */
public final class Idempotency {
  private static final String KEY = FleetHeaders.IDEMPOTENCY_KEY;

  /** Printable ASCII; its length is checked apart, to say so. */
  private static final Pattern PRINTABLE = Pattern.compile("[ -~]*");

  private static final int LONGEST_KEY = 255;

  /** Long enough not to hammer; the answer may come at any moment. */
  private static final Duration SOON = Duration.ofSeconds(1);

  /** What a reply takes from the deadline to its last byte. */
  private static final Duration AFTER_THE_DEADLINE = Duration.ofSeconds(1);

  private static final List<String> RESULTS =
      List.of(
          "fresh", "replayed", "in_flight", "key_reused", "malformed", "redis_away", "not_kept");

  private final IdempotencyConfig config;
  private final Fingerprint fingerprint;
  private final Replies replies;
  private final LabelledCounter requests;

  public Idempotency(IdempotencyConfig config, TimeBoxedRedis redis, MetricRegistry metrics) {
    this.config = config;
    this.fingerprint = new Fingerprint(config.secret());
    this.replies = new Replies(redis, new SealedValues(config.secret()));
    this.requests =
        new LabelledCounter(
            metrics,
            MetricNames.IDEMPOTENCY_REQUESTS,
            "Requests with an idempotency-key, by what became of them",
            List.of("result"));
    RESULTS.forEach(requests::of);
  }

  /** The same handler, for requests that must not be answered twice. */
  public DoorHandler once(DoorHandler handler) {
    return visit -> {
      List<String> keys = visit.headers(KEY);
      if (keys.isEmpty()) {
        handler.answer(visit);
      } else {
        answer(keys, handler, visit);
      }
    };
  }

  private void answer(List<String> keys, DoorHandler handler, Visit visit) throws IOException {
    ApiError malformed = malformed(keys);
    if (malformed != null) {
      count("malformed");
      visit.send(malformed);
      return;
    }
    String place = fingerprint.place(visit.caller().team(), keys.getFirst());
    String request = fingerprint.request(visit);
    String token = UUID.randomUUID().toString();
    switch (replies.claim(place, request, token, life(visit))) {
      case Claim.Ours() -> {
        count("fresh");
        record(place, request, token, handler, visit);
      }
      case Claim.Unknown() -> {
        count("redis_away");
        visit.setHeader(FleetHeaders.IDEMPOTENCY_UNAVAILABLE, "true");
        // Redis may be back by the time there is a reply.
        record(place, request, token, handler, visit);
      }
      case Claim.Replied(var reply) -> {
        count("replayed");
        replay(reply, visit);
      }
      case Claim.InFlight() -> {
        count("in_flight");
        visit.comeAgain(SOON);
        visit.send(inFlight());
      }
      case Claim.Another() -> {
        count("key_reused");
        visit.send(reused());
      }
    }
  }

  private void record(String place, String request, String token, DoorHandler handler, Visit visit)
      throws IOException {
    var recording =
        new Recording(
            visit.out(),
            config.longestReply(),
            whole -> settle(place, request, token, whole, visit));
    boolean ended = false;
    try {
      handler.answer(visit.answeredBy(recording));
      ended = true;
    } finally {
      if (recording.streams() && (ended || recording.tooLong())) {
        settle(place, request, token, recording, visit);
      } else if (!recording.replied() || recording.streams()) {
        replies.release(place, token);
      }
    }
    recording.finish();
  }

  private void settle(
      String place, String request, String token, Recording recording, Visit visit) {
    Optional<StoredReply> reply =
        recording.reply(visit.requestId()).filter(whole -> lasting(whole.status()));
    if (reply.isEmpty()) {
      replies.release(place, token);
      return;
    }
    StoredReply kept = recording.tooLong() ? tooLong(visit) : reply.get();
    if (!replies.keep(place, request, token, kept, config.keep())) {
      count("not_kept");
    }
  }

  /**
   * Answers, and errors that follow from the request itself. Others are worth a new try: limits,
   * budgets and what is broken may be well again.
   */
  private static boolean lasting(int status) {
    return switch (status) {
      case 401, 402, 403, 408, 409, 429 -> false;
      default -> status < 500;
    };
  }

  /** Stands where a reply would: asking anew would spend again, which the key is there against. */
  private StoredReply tooLong(Visit visit) {
    var error =
        new ApiError(
            409,
            "conflict",
            "idempotency_reply_not_kept",
            "The request "
                + visit.requestId()
                + " with this idempotency-key was answered, but a reply of more than "
                + config.longestReply()
                + " bytes is not kept; send another key to ask again.",
            null,
            "router");
    return new StoredReply(
        visit.requestId(),
        error.status(),
        Map.of(FleetHeaders.SHOULD_RETRY, "false"),
        "application/json",
        Json.plainBytes(visit.inDialect(error.body(visit.requestId()))));
  }

  private static void replay(StoredReply reply, Visit visit) throws IOException {
    reply.headers().forEach(visit::setHeader);
    visit.setHeader(FleetHeaders.IDEMPOTENCY_REPLAYED, "true");
    visit.setHeader(FleetHeaders.ORIGINAL_REQUEST_ID, reply.requestId());
    if (reply.stream()) {
      try (OutputStream out = visit.beginEvents()) {
        out.write(reply.body());
      }
    } else {
      visit.send(reply.status(), reply.contentType(), reply.body());
    }
  }

  /** How long a router that dies keeps others from asking: as long as its caller would wait. */
  private Duration life(Visit visit) {
    Duration most = config.longestFlight();
    return visit
        .header(FleetHeaders.TIMEOUT_MS)
        .flatMap(Idempotency::millis)
        .or(visit::clientPatience)
        .filter(asked -> asked.compareTo(most) < 0)
        .orElse(most)
        .plus(AFTER_THE_DEADLINE);
  }

  private static Optional<Duration> millis(String text) {
    try {
      long millis = Long.parseLong(text.strip());
      return millis > 0 ? Optional.of(Duration.ofMillis(millis)) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private void count(String result) {
    requests.of(result).inc();
  }

  private static @Nullable ApiError malformed(List<String> keys) {
    if (keys.stream().distinct().count() > 1) {
      return wrong("stands there more than once and says different things; send one");
    }
    String key = keys.getFirst();
    if (key.isBlank()) {
      return wrong("is empty; send a value of your own, such as a UUID, or no such header");
    }
    if (key.length() > LONGEST_KEY) {
      return wrong("has " + key.length() + " characters; send up to " + LONGEST_KEY);
    }
    return PRINTABLE.matcher(key).matches()
        ? null
        : wrong("has a character that is not printable ASCII; send for example a UUID");
  }

  private static ApiError wrong(String what) {
    return ApiError.invalid(
        "invalid_idempotency_key", "The header idempotency-key " + what + ".", KEY);
  }

  private static ApiError inFlight() {
    return new ApiError(
        409,
        "conflict",
        "idempotency_in_flight",
        "A request with this idempotency-key is being answered; send it again for its reply.",
        null,
        "router");
  }

  private static ApiError reused() {
    return new ApiError(
        422,
        ApiError.INVALID_REQUEST,
        "idempotency_key_reused",
        "This idempotency-key stands for another request; send a new key with a new request.",
        KEY,
        "router");
  }
}
