package dev.flotilla.router.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.catalog.Money;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.router.chat.Brought;
import dev.flotilla.router.chat.Errand;
import dev.flotilla.router.chat.Errands;
import dev.flotilla.router.door.KeyPolicy;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.exchange.Hints;
import dev.flotilla.router.exchange.Purpose;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Items that are chat requests. */
final class ChatItems implements ItemWork {
  private final Errands errands;
  private final Function<String, Optional<KeyPolicy>> policies;
  private final Tracing tracing;
  private final Duration patience;

  /**
   * @param policies what holds for a key now, by its id; empty when there is no such key any more
   * @param patience most time for one item
   */
  ChatItems(
      Errands errands,
      Function<String, Optional<KeyPolicy>> policies,
      Tracing tracing,
      Duration patience) {
    this.errands = errands;
    this.policies = policies;
    this.tracing = tracing;
    this.patience = patience;
  }

  @Override
  public Price price(Batch batch, String body) {
    if (!(read(batch, body) instanceof ChatRequest.Parsed.Good(var request))
        || !(errands.candidates(request, batch.caller().caller())
            instanceof Errands.Candidates.Known(var models))) {
      return Price.NOTHING;
    }
    long bytes = body.getBytes(StandardCharsets.UTF_8).length;
    long most = 0;
    for (Model model : models) {
      most = Math.addExact(most, ceiling(model, request, bytes));
    }
    return new Price(ceiling(models.getFirst(), request, bytes), most);
  }

  @Override
  public ItemEnd perform(Claimed item) {
    return switch (read(item.batch(), item.body())) {
      case ChatRequest.Parsed.Bad(var error) -> failed(item, error, false, false, Spent.NOTHING);
      case ChatRequest.Parsed.Good(var request) -> answered(item, request);
    };
  }

  private ItemEnd answered(Claimed item, ChatRequest request) {
    Batch batch = item.batch();
    Span span =
        tracing.span("batch item", SpanKind.INTERNAL, Tracing.received(batch.traceparent()));
    try {
      Brought brought =
          errands.run(
              new ChatRequest(request.body(), hints(item, request)),
              new Errand(
                  batch.caller().caller(),
                  policy(batch),
                  item.requestId(),
                  Purpose.batch(batch.id()),
                  Deadline.in(patience(batch, request)),
                  span,
                  "batch/" + item.requestId(),
                  answer -> true),
              words -> {});
      return ended(item, brought);
    } finally {
      span.end();
    }
  }

  private static ItemEnd ended(Claimed item, Brought brought) {
    List<AttemptReport> calls = brought.facts().attempts();
    return switch (brought) {
      case Brought.Answer(Completion completion, var facts) -> {
        Spent spent = Spent.of(calls, completion.body().path("usage"));
        yield new ItemEnd.Answered(body(completion, facts, spent), spent);
      }
      case Brought.Later(var error, Duration pause, var facts) ->
          new ItemEnd.TooSoon(pause, Spent.of(calls, Json.object()));
      case Brought.Refused(var error, var broken, boolean mayPass, boolean untold, var facts) ->
          failed(item, error, mayPass, untold, Spent.of(calls, Json.object()));
    };
  }

  private static ItemEnd failed(
      Claimed item, ApiError error, boolean mayPass, boolean untold, Spent spent) {
    return new ItemEnd.Failed(error, error.body(item.requestId()), mayPass, untold, spent);
  }

  /** What a caller of the endpoint would have been given. */
  private static ObjectNode body(Completion completion, Brought.Facts facts, Spent spent) {
    ObjectNode body = Json.object().setAll(completion.body());
    if (facts.model() != null) {
      body.put("model", facts.model());
    }
    if (!facts.broken().isEmpty()) {
      ObjectNode route = body.putObject("route").put("validation", FleetHeaders.FAILED);
      var rules = route.putArray("broken_rules");
      facts.broken().forEach(rule -> rules.add(rule.toJson()));
    }
    ObjectNode usage = Json.object();
    if (body.path("usage") instanceof ObjectNode reported) {
      usage.setAll(reported);
    }
    usage.put("cost", Money.usd(spent.costNanos()));
    body.set("usage", usage);
    return body;
  }

  private ChatRequest.Parsed read(Batch batch, String body) {
    var parsed =
        ChatRequest.parse(
            body.getBytes(StandardCharsets.UTF_8), name -> Optional.empty(), policy(batch).hints());
    if (parsed instanceof ChatRequest.Parsed.Good(var request)) {
      if (request.stream()) {
        return bad("Nobody reads a batch's answers as they come; leave 'stream' out.", "stream");
      }
      if (request.hints().isDryRun()) {
        return bad(
            "A dry run is asked for at POST /v1/route; leave 'route.dry_run' out.",
            "route.dry_run");
      }
    }
    return parsed;
  }

  private static ChatRequest.Parsed bad(String message, String param) {
    return new ChatRequest.Parsed.Bad(ApiError.invalid("unsupported_parameter", message, param));
  }

  /** Of the key as it is now; of a key that is gone, as it was. */
  private KeyPolicy policy(Batch batch) {
    return policies.apply(batch.caller().caller().key()).orElse(batch.caller().policy());
  }

  private static Hints hints(Claimed item, ChatRequest request) {
    Hints said = request.hints();
    Long most = item.mostNanos();
    if (most == null) {
      return said;
    }
    Long asked = said.maxCostNanos();
    return new Hints(
        said.taskType(),
        said.qualityThreshold(),
        said.fallbacks(),
        asked == null ? most : Long.valueOf(Math.min(asked, most)),
        said.cache(),
        said.timeout(),
        said.validate(),
        said.bestEffort(),
        said.onExhausted(),
        said.dryRun(),
        said.tags());
  }

  private Duration patience(Batch batch, ChatRequest request) {
    Duration left = Duration.between(Instant.now(), batch.expiresAt());
    Duration asked = request.hints().timeout();
    Duration most = asked == null || asked.compareTo(patience) > 0 ? patience : asked;
    return left.compareTo(most) < 0 ? left : most;
  }

  /** The most one call can cost, as the service that pays reckons it. */
  private static long ceiling(Model model, ChatRequest request, long bytes) {
    long input =
        request.attachments().isEmpty()
            ? Math.min(bytes, model.contextTokens())
            : model.contextTokens();
    Long asked = request.maxTokens();
    long output =
        asked == null ? model.maxOutputTokens() : Math.min(asked, model.maxOutputTokens());
    return model.priceAt(Instant.now()).most(input, output);
  }
}
