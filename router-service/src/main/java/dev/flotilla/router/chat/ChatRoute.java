package dev.flotilla.router.chat;

import dev.flotilla.catalog.Money;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.contracts.telemetry.SpanNames;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.exchange.ChatRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;

/**
 * {@code POST /v1/chat/completions}: reads the request, lets the router answer, writes the reply,
 * counts it.
 */
public final class ChatRoute implements DoorHandler {
  private final Router router;
  private final ReplyWriter writer = new ReplyWriter();
  private final ChatMetrics metrics;
  private final Explanations explanations;
  private final Tracing tracing;
  private final ChatConfig config;

  ChatRoute(
      Router router,
      ChatMetrics metrics,
      Explanations explanations,
      Tracing tracing,
      ChatConfig config) {
    this.router = router;
    this.metrics = metrics;
    this.explanations = explanations;
    this.tracing = tracing;
    this.config = config;
  }

  @Override
  public void answer(Visit visit) throws IOException {
    switch (ChatRequest.parse(visit.body())) {
      case ChatRequest.Parsed.Bad(var error) -> {
        metrics.refusedUnread();
        visit.send(error);
      }
      case ChatRequest.Parsed.Good(var request) -> answer(request, visit);
    }
  }

  private void answer(ChatRequest request, Visit visit) throws IOException {
    var journey =
        new Journey(
            visit.caller(),
            visit.requestId(),
            Deadline.in(patience(visit)),
            visit.span(),
            tracing,
            visit.startNanos());
    visit.span().setAttribute(SpanNames.TEAM, visit.caller().team());
    metrics.begin();
    try {
      Reply reply = router.answer(request, journey);
      describe(reply, visit);
      explanations
          .savedNanos(reply)
          .ifPresent(n -> visit.setHeader(FleetHeaders.SAVED_USD, Money.plainUsd(n)));
      // Before the first byte: the time a caller takes to read a stream is not ours.
      long overhead = journey.overheadNanos();
      var written = write(reply, request, visit, journey, overhead);
      metrics.end(reply, written, overhead);
      explanations.ended(request, visit, journey, reply, written, overhead);
    } catch (IOException | UncheckedIOException e) {
      // the caller left: provider-service notices at its next chunk and accounts for what was used
      metrics.abandoned();
      throw e;
    } finally {
      metrics.done();
    }
  }

  private ReplyWriter.Written write(
      Reply reply, ChatRequest request, Visit visit, Journey journey, long overhead)
      throws IOException {
    try {
      return writer.write(reply, request, visit, journey);
    } catch (IOException | UncheckedIOException e) {
      explanations.abandoned(request, visit, journey, reply, overhead);
      throw e;
    }
  }

  private static void describe(Reply reply, Visit visit) {
    RouteFacts facts = reply.facts();
    visit.span().setAttribute(SpanNames.CACHE_RESULT, facts.cache().name());
    if (facts.classification() != null) {
      visit.span().setAttribute(SpanNames.TASK_TYPE, facts.classification().taskType().word());
    }
    String reason = facts.fallbackReason();
    if (reason != null) {
      visit.span().setAttribute(SpanNames.FALLBACK_REASON, reason);
    }
  }

  /**
   * How long this caller waits: what it says itself, in our header or in that of OpenAI's SDKs, but
   * never longer than we allow.
   */
  private Duration patience(Visit visit) {
    return visit
        .header(FleetHeaders.TIMEOUT_MS)
        .flatMap(ms -> millis(ms, 1))
        .or(() -> visit.header("x-stainless-timeout").flatMap(s -> millis(s, 1_000)))
        .filter(asked -> asked.compareTo(config.longestDeadline()) < 0)
        .orElse(config.longestDeadline());
  }

  private static Optional<Duration> millis(String text, long unit) {
    try {
      long millis = Math.multiplyExact(Long.parseLong(text.strip()), unit);
      return millis > 0 ? Optional.of(Duration.ofMillis(millis)) : Optional.empty();
    } catch (NumberFormatException | ArithmeticException e) {
      return Optional.empty();
    }
  }
}
