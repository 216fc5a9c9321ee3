package dev.flotilla.router.door;

import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.hash.Sha256;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.metrics.LabelledCounter;
import dev.flotilla.router.door.ApiKeys.KnownKey;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Who somebody is by what is shown at the door: an API key, or a token of an issuer that this
 * installation trusts. Thread-safe.
 */
public final class Recognition {
  /** What came of it. */
  public sealed interface Outcome {
    /** It is somebody we know. */
    record Known(KnownKey key) implements Outcome {}

    /**
     * It is not.
     *
     * @param comeAgain when to try once more; null when the same will not do then either
     */
    record Unknown(ApiError error, @Nullable Duration comeAgain) implements Outcome {}
  }

  private static final List<String> REASONS =
      List.of("missing", "mistyped", "unknown", "token", "guesses", "keys_away");

  private static final Duration SOON = Duration.ofSeconds(2);

  private final ApiKeys keys;
  private final WebTokens tokens;
  private final Guesses guesses;
  private final LabelledCounter failures;

  public Recognition(ApiKeys keys, WebTokens tokens, Guesses guesses, MetricRegistry metrics) {
    this.keys = keys;
    this.tokens = tokens;
    this.guesses = guesses;
    this.failures =
        new LabelledCounter(
            metrics,
            MetricNames.AUTHENTICATION_FAILURES,
            "Requests whose sender is not known, by why",
            List.of("reason"));
    REASONS.forEach(failures::of);
  }

  /**
   * @param presented a key or token; null when there is none
   * @param address where it came from
   */
  public Outcome recognise(@Nullable String presented, InetAddress address) {
    if (presented == null) {
      return unknown("missing", invalidKey("There is no key here"));
    }
    String sha256 = Sha256.hex(presented);
    Duration wait = guesses.refused(address, sha256);
    if (wait != null) {
      return tooManyGuesses(wait);
    }
    Optional<KnownKey> known = keys.whoHasHash(sha256);
    boolean isToken = known.isEmpty() && tokens.mayBeOne(presented);
    if (isToken) {
      known = tokens.whoHas(presented);
    }
    if (known.isPresent()) {
      guesses.cameIn(address, sha256);
      return new Outcome.Known(known.get());
    }
    if (isToken ? !tokens.ready() : KeyText.isWhole(presented) && !keys.complete()) {
      return keysAway();
    }
    guesses.failed(address);
    if (isToken) {
      return unknown("token", invalidToken());
    }
    return KeyText.isMistyped(presented)
        ? unknown("mistyped", invalidKey("This key was cut off or mistyped: its checksum is wrong"))
        : unknown("unknown", invalidKey("This key is not known here or has expired"));
  }

  private Outcome unknown(String reason, ApiError error) {
    failures.of(reason).inc();
    return new Outcome.Unknown(error, null);
  }

  private static ApiError invalidKey(String what) {
    return new ApiError(
        401,
        "authentication_error",
        "invalid_api_key",
        what + "; send a valid one as 'Authorization: Bearer <key>'.",
        null,
        "router");
  }

  /** Without the reason, which would help who forges them; the log has it. */
  private static ApiError invalidToken() {
    return new ApiError(
        401,
        "authentication_error",
        "invalid_token",
        "This token is not valid here: it has expired, or was made by or for somebody else; get a new one.",
        null,
        "router");
  }

  private Outcome tooManyGuesses(Duration wait) {
    failures.of("guesses").inc();
    var error =
        new ApiError(
            429,
            "authentication_error",
            "too_many_failed_authentications",
            "Too many unknown keys came from this address; keys that have come in from there go on working, others are looked at again later.",
            null,
            "router");
    return new Outcome.Unknown(error, wait);
  }

  private Outcome keysAway() {
    failures.of("keys_away").inc();
    var error =
        new ApiError(
            503,
            "server_error",
            "keys_unavailable",
            "This router could not read yet which keys and tokens are valid: its database, or who issues tokens, does not answer. Send the request again.",
            null,
            "router");
    return new Outcome.Unknown(error, SOON);
  }
}
