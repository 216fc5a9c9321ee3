package dev.flotilla.router.chat;

import dev.flotilla.catalog.Money;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.contracts.telemetry.SpanNames;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Purpose;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a request that has been read is answered, whatever way it came in: lets the router answer,
 * writes the reply in the caller's words, counts and explains it. Thread-safe.
 */
public final class Desk {
  private final Router router;
  private final HandOver handOver;
  private final RoutePreview preview;
  private final ReplyWriter writer = new ReplyWriter();
  private final ChatMetrics metrics;
  private final Explanations explanations;
  private final Tracing tracing;
  private final KnownProjects projects = new KnownProjects();
  private final ChatConfig config;

  Desk(
      Router router,
      HandOver handOver,
      RoutePreview preview,
      ChatMetrics metrics,
      Explanations explanations,
      Tracing tracing,
      ChatConfig config) {
    this.router = router;
    this.handOver = handOver;
    this.preview = preview;
    this.metrics = metrics;
    this.explanations = explanations;
    this.tracing = tracing;
    this.config = config;
  }

  /**
   * Answers a request, or says what would be done when it only asks that.
   *
   * @param read how reading it went
   * @param wording how the answer is said
   */
  public void answer(ChatRequest.Parsed read, Wording wording, Visit visit) throws IOException {
    switch (read) {
      case ChatRequest.Parsed.Bad(var error) -> {
        metrics.refusedUnread();
        visit.send(error);
      }
      case ChatRequest.Parsed.Good(var request) ->
          answerIn(
              SpendingProject.of(request, visit.caller(), visit.policy(), projects),
              request,
              wording,
              visit);
    }
  }

  private void answerIn(SpendingProject project, ChatRequest request, Wording wording, Visit visit)
      throws IOException {
    switch (project) {
      case SpendingProject.Refused(var error) -> {
        metrics.refusedUnread();
        visit.send(error);
      }
      case SpendingProject.Of(var caller) when request.hints().isDryRun() ->
          preview(request, visit.by(caller));
      case SpendingProject.Of(var caller) -> answer(request, wording, visit.by(caller));
    }
  }

  /** Says what would be done with a request, and spends nothing. */
  public void preview(ChatRequest.Parsed read, Visit visit) {
    switch (read) {
      case ChatRequest.Parsed.Bad(var error) -> visit.send(error);
      case ChatRequest.Parsed.Good(var request) -> {
        // What would be refused when it is meant is refused when it is tried.
        switch (SpendingProject.of(request, visit.caller(), visit.policy(), projects)) {
          case SpendingProject.Refused(var error) -> visit.send(error);
          case SpendingProject.Of(var caller) -> preview(request, visit.by(caller));
        }
      }
    }
  }

  private void preview(ChatRequest request, Visit visit) {
    visit.setHeader(FleetHeaders.DRY_RUN, "true");
    switch (preview.of(request, journey(request, visit))) {
      case RoutePreview.Shown.Good(var shown) -> visit.send(200, shown);
      case RoutePreview.Shown.Bad(var error) -> visit.send(error);
    }
  }

  private Journey journey(ChatRequest request, Visit visit) {
    return new Journey(
        visit.caller(),
        visit.policy(),
        visit.requestId(),
        Deadline.in(patience(request, visit)),
        visit.span(),
        tracing,
        visit.body().length,
        visit.startNanos(),
        visit.header(FleetHeaders.IDEMPOTENCY_KEY).orElse(null),
        Purpose.of(request.operation()),
        completion -> true);
  }

  private void answer(ChatRequest request, Wording wording, Visit visit) throws IOException {
    visit.span().setAttribute(SpanNames.TEAM, visit.caller().team());
    metrics.begin();
    try (Journey journey = journey(request, visit)) {
      Reply reply = handOver.of(router.answer(request, journey), request, journey);
      describe(reply, visit);
      explanations
          .savedNanos(reply)
          .ifPresent(
              saved -> {
                visit.setHeader(FleetHeaders.SAVED_USD, Money.plainUsd(saved));
                metrics.compared(reply.facts(), visit.caller().team(), saved);
              });
      // Before the first byte: the time a caller takes to read a stream is not ours.
      long overhead = journey.overheadNanos();
      var written = write(reply, request, wording, visit, journey, overhead);
      if (written.tokens() != null) {
        journey.used(written.tokens());
      }
      metrics.end(journey.purpose(), reply, written, overhead, journey.tookNanos());
      explanations.ended(request, journey, reply, written, overhead);
    } catch (IOException | UncheckedIOException e) {
      // the caller left: provider-service notices at its next chunk and accounts for what was used
      metrics.abandoned(request.operation());
      throw e;
    } finally {
      metrics.done();
    }
  }

  private ReplyWriter.Written write(
      Reply reply,
      ChatRequest request,
      Wording wording,
      Visit visit,
      Journey journey,
      long overhead)
      throws IOException {
    try {
      return writer.write(reply, request, wording, visit, journey);
    } catch (IOException | UncheckedIOException e) {
      explanations.abandoned(request, journey, reply, overhead);
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
   * How long this caller waits: what it says itself, in our words or in a header of OpenAI's and
   * Anthropic's SDKs, but never longer than we allow.
   */
  private Duration patience(ChatRequest request, Visit visit) {
    return Optional.ofNullable(request.hints().timeout())
        .or(visit::clientPatience)
        .filter(asked -> asked.compareTo(config.longestDeadline()) < 0)
        .orElse(config.longestDeadline());
  }
}
