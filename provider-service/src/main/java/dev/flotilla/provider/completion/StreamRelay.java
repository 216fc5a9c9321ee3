package dev.flotilla.provider.completion;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.kit.json.Json;
import dev.flotilla.provider.dialect.AnswerStream;
import dev.flotilla.provider.dialect.AnswerStream.Part;
import dev.flotilla.provider.dialect.CallOutcome;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.provider.dialect.StreamTally;
import dev.flotilla.provider.resilience.Evidence;
import dev.flotilla.provider.telemetry.Oddity;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Hands a stream on, chunk by chunk, and writes down how it ended before its last byte goes out. A
 * stream that broke ends with an error event and never with {@code [DONE]}. When the caller has
 * left, the provider is still read for a while, because its usage comes last. Used once, by one
 * thread, and closed whether it was used or not.
 */
final class StreamRelay implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(StreamRelay.class.getName());
  private static final SseEvent KEEP_ALIVE = SseEvent.comment("keep-alive");

  private final Attempt attempt;
  private final List<AttemptReport> before;
  private final Model model;
  private final CallOutcome.Opened opened;
  private final Deadline deadline;
  private final String requestId;
  private final CompletionConfig config;
  private final StreamTally tally;
  private final Progress progress;
  private boolean used;

  /**
   * @param before the reports of attempts that failed before this one
   */
  StreamRelay(
      Attempt attempt,
      List<AttemptReport> before,
      Model model,
      CallOutcome.Opened opened,
      Deadline deadline,
      String requestId,
      CompletionConfig config) {
    this.attempt = attempt;
    this.before = before;
    this.model = model;
    this.opened = opened;
    this.deadline = deadline;
    this.requestId = requestId;
    this.config = config;
    this.tally = new StreamTally(model);
    this.progress = new Progress(attempt, tally, config);
  }

  private sealed interface Ending {
    /** The model finished, and the caller has all of it. */
    record Whole() implements Ending {}

    /** It stopped in the middle; whether the provider is to blame is in the evidence. */
    record Cut(String outcome, String reason, Evidence evidence, @Nullable Failure why)
        implements Ending {
      Cut(String outcome, String reason, Evidence evidence) {
        this(outcome, reason, evidence, null);
      }
    }

    /** The caller left in the middle. */
    record Left() implements Ending {}
  }

  /**
   * Never throws for what a provider or a caller does wrong.
   *
   * @param noTimeLeft whether this service has to go now; asked at least as often as progress is
   *     written down
   */
  void writeTo(OutputStream caller, BooleanSupplier noTimeLeft) {
    used = true;
    Ending ending;
    try (AnswerStream rest = opened.rest()) {
      ending = relay(rest, caller, noTimeLeft);
      if (ending instanceof Ending.Left) {
        drain(rest);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ending = new Ending.Cut(Outcomes.TRUNCATED, "this service is stopping", Evidence.NONE);
    } catch (RuntimeException | Error bug) {
      attempt.broken();
      throw bug;
    }
    switch (ending) {
      case Ending.Whole() -> {
        AttemptReport report =
            attempt.streamed(Outcomes.OK, opened.status(), tally, Evidence.HEALTHY);
        write(caller, comment(report));
        write(caller, SseEvent.data("[DONE]"));
      }
      case Ending.Cut(String outcome, String reason, Evidence evidence, Failure why) -> {
        if (why != null) {
          attempt.brokeOff(why);
        }
        AttemptReport report = attempt.streamed(outcome, opened.status(), tally, evidence);
        write(caller, comment(report));
        write(caller, SseEvent.named("error", Json.text(error(outcome, reason))));
      }
      case Ending.Left() ->
          attempt.streamed(Outcomes.ABANDONED, opened.status(), tally, Evidence.NONE);
    }
  }

  /** Ends the attempt when nobody came to read it. */
  @Override
  public void close() {
    if (!used) {
      used = true;
      opened.rest().close();
      attempt.broken();
    }
  }

  private Ending relay(AnswerStream rest, OutputStream caller, BooleanSupplier noTimeLeft)
      throws InterruptedException {
    Part part = new Part.Chunk(opened.first());
    long heard = System.nanoTime();
    long written = heard;
    while (true) {
      switch (part) {
        case Part.Chunk(ObjectNode chunk) -> {
          note(chunk);
          chunk.put("model", model.id());
          if (!write(caller, SseEvent.data(Json.text(chunk)))) {
            return new Ending.Left();
          }
          heard = System.nanoTime();
          written = heard;
        }
        case Part.Counted counted -> {
          tally.note(counted);
          heard = System.nanoTime();
        }
        case Part.Alive() -> heard = System.nanoTime();
        case Part.Silence() -> {}
        case Part.End(), Part.Ceased() -> {
          if (part instanceof Part.Ceased && tally.finishReason() != null) {
            attempt.odd(Oddity.NO_DONE);
          }
          return tally.finishReason() != null
              ? new Ending.Whole()
              : new Ending.Cut(
                  Outcomes.TRUNCATED, "the answer ended without saying why", Evidence.SICK);
        }
        case Part.Broken(String reason, Failure why) -> {
          FaultRow row = FaultRow.of(why, model.provider().id());
          return new Ending.Cut(row.outcome(), reason, row.evidence(), why);
        }
      }
      if (noTimeLeft.getAsBoolean()) {
        return new Ending.Cut(Outcomes.TRUNCATED, "this service is leaving", Evidence.NONE);
      }
      long now = System.nanoTime();
      if (deadline.passed()) {
        return new Ending.Cut(Outcomes.TIMEOUT, "the deadline passed", Evidence.NONE);
      }
      if (now - heard >= config.idle().toNanos()) {
        return new Ending.Cut(Outcomes.TIMEOUT, "the provider fell silent", Evidence.SICK);
      }
      if (now - written >= config.keepAlive().toNanos()) {
        // Also how we notice that the caller has left while the provider thinks.
        if (!write(caller, KEEP_ALIVE)) {
          return new Ending.Left();
        }
        written = now;
      }
      progress.writeWhenDue();
      part =
          rest.next(
              least(
                  deadline.remaining(),
                  config.idle().minusNanos(now - heard),
                  config.keepAlive().minusNanos(now - written),
                  progress.untilDue()));
    }
  }

  private SseEvent comment(AttemptReport last) {
    var all = new ArrayList<AttemptReport>(before);
    all.add(last);
    return ReportText.comment(all);
  }

  private void note(ObjectNode chunk) {
    tally.note(chunk);
    progress.grown();
  }

  /** Reads on for the usage at the end, within bounds: after them it is an estimate. */
  private void drain(AnswerStream rest) throws InterruptedException {
    var patience = Deadline.in(config.drain());
    for (int chunks = 0; chunks < config.drainChunks() && !patience.passed(); ) {
      switch (rest.next(patience.remaining())) {
        case Part.Chunk(ObjectNode chunk) -> {
          note(chunk);
          progress.writeWhenDue();
          chunks++;
        }
        case Part.Counted counted -> tally.note(counted);
        case Part.Alive(), Part.Silence() -> {}
        case Part.End(), Part.Ceased(), Part.Broken(_, _) -> {
          return;
        }
      }
    }
  }

  private ObjectNode error(String outcome, String reason) {
    var error =
        new ApiError(
            502,
            "upstream_error",
            "stream_broken",
            "The stream of " + model.id() + " broke: " + reason + ".",
            null,
            "provider");
    return ReportText.error(error, requestId, outcome, null, true);
  }

  /** Whether the caller is still there. */
  private static boolean write(OutputStream caller, SseEvent event) {
    try {
      caller.write(event.bytes());
      caller.flush();
      return true;
    } catch (IOException | RuntimeException e) {
      // Helidon wraps a broken connection in several unchecked exceptions; all mean the same.
      LOG.log(Level.FINE, "The caller of a stream has left", e);
      return false;
    }
  }

  private static Duration least(Duration... durations) {
    return Collections.min(List.of(durations));
  }
}
