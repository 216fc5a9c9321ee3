package dev.flotilla.provider.completion;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.JsonbOnTheWire;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.metrics.LabelledCounter;
import dev.flotilla.provider.replay.Found;
import dev.flotilla.provider.replay.Replays;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Makes a call that carries a key once. Whoever brings the same key meanwhile waits for its answer,
 * and for a while after gets it again; an error is nobody's answer. A stream is always made: nobody
 * who resumes work reads one. Thread-safe.
 */
public final class KeyedCalls {
  private static final List<String> RESULTS =
      List.of("fresh", "replayed", "joined", "key_reused", "redis_away", "not_kept");

  /** What a call takes from its deadline to its last byte. */
  private static final Duration AFTER_THE_DEADLINE = Duration.ofSeconds(1);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

  private final Completions completions;
  private final Replays replays;
  private final Pause pause;
  private final LabelledCounter results;

  public KeyedCalls(Completions completions, Replays replays, Pause pause, MetricRegistry metrics) {
    this.completions = completions;
    this.replays = replays;
    this.pause = pause;
    this.results =
        new LabelledCounter(
            metrics,
            MetricNames.REPLAYS,
            "Calls that carried a key, by what became of them",
            List.of("result"));
    RESULTS.forEach(results::of);
  }

  /**
   * The same as {@link Completions#complete} for a call without a key.
   *
   * @param key null when the call carries none
   */
  Reply complete(Call call, @Nullable String key) {
    if (key == null || call.body().path("stream").asBoolean()) {
      return completions.complete(call);
    }
    Replays.Place place = replays.place(call.caller().team(), key, Json.bytes(call.body()));
    boolean joined = false;
    while (true) {
      Duration life = call.deadline().remaining().plus(AFTER_THE_DEADLINE);
      switch (replays.claim(place, life)) {
        case Found.Ours ours -> {
          count("fresh");
          return make(call, place, ours);
        }
        case Found.Kept(byte[] answer) -> {
          Reply.Answer again = read(answer);
          if (again != null) {
            count(joined ? "joined" : "replayed");
            return new Reply.Replayed(again);
          }
          // Another version's: making the call anew costs money, but gives an answer.
          count("redis_away");
          return completions.complete(call);
        }
        case Found.Another() -> {
          count("key_reused");
          return reused();
        }
        case Found.Away() -> {
          count("redis_away");
          return completions.complete(call);
        }
        case Found.Running() -> {
          joined = true;
          if (call.deadline().passed() || !waited()) {
            return stillRunning();
          }
        }
      }
    }
  }

  private Reply make(Call call, Replays.Place place, Found.Ours ours) {
    boolean kept = false;
    try {
      Reply reply = completions.complete(call);
      if (reply instanceof Reply.Answer answer) {
        kept = replays.keep(place, bytes(answer));
        if (!kept) {
          count("not_kept");
        }
      }
      return reply;
    } finally {
      if (!kept) {
        replays.release(place, ours);
      }
    }
  }

  private boolean waited() {
    try {
      pause.of(BETWEEN_LOOKS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void count(String result) {
    results.of(result).inc();
  }

  private static byte[] bytes(Reply.Answer answer) {
    ObjectNode json = Json.object();
    json.put("simulated", answer.simulated());
    json.put("attempts", JsonbOnTheWire.jsonb().toJson(answer.attempts()));
    json.put("body", new String(Json.bytes(answer.body()), StandardCharsets.UTF_8));
    return Json.bytes(json);
  }

  /** Null for what another version of us wrote. */
  private static Reply.@Nullable Answer read(byte[] bytes) {
    try {
      ObjectNode json = Json.parseObject(bytes);
      AttemptReport[] attempts =
          JsonbOnTheWire.jsonb()
              .fromJson(json.path("attempts").asText("[]"), AttemptReport[].class);
      return new Reply.Answer(
          Json.parseObject(json.path("body").asText().getBytes(StandardCharsets.UTF_8)),
          json.path("simulated").asBoolean(),
          List.of(attempts));
    } catch (NotJson e) {
      return null;
    }
  }

  private static Reply.Refusal reused() {
    return Reply.Refusal.here(
        new ApiError(
            422,
            ApiError.INVALID_REQUEST,
            "idempotency_key_reused",
            "This key stands for another call; send a new key with a new call.",
            null,
            "router"),
        Outcomes.REJECTED,
        null);
  }

  private static Reply.Refusal stillRunning() {
    return Reply.Refusal.here(
        new ApiError(
            504,
            "timeout",
            "deadline_exceeded",
            "The call with this key was still being made when the deadline passed; send it again"
                + " with the same key for its answer.",
            null,
            "router"),
        Outcomes.TIMEOUT,
        null);
  }
}
