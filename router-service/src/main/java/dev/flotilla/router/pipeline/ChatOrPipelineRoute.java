package dev.flotilla.router.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Money;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.contracts.telemetry.SpanNames;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.router.chat.Desk;
import dev.flotilla.router.chat.Wording;
import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.pipeline.journal.RunEvent;
import dev.flotilla.router.pipeline.journal.RunRow;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/chat/completions}: a pipeline that is called like a model is run, anything else
 * is answered as chat.
 */
public final class ChatOrPipelineRoute implements DoorHandler {
  /** How the name of a pipeline begins where a model's is expected. */
  public static final String PREFIX = "pipeline/";

  private static final String INPUT_TAG = "pipeline_input";

  private final Desk desk;
  private final Function<String, Optional<Pipeline>> shelf;
  private final Runs runs;
  private final RunEvents events;
  private final PipelineConfig config;

  ChatOrPipelineRoute(
      Desk desk,
      Function<String, Optional<Pipeline>> shelf,
      Runs runs,
      RunEvents events,
      PipelineConfig config) {
    this.desk = desk;
    this.shelf = shelf;
    this.runs = runs;
    this.events = events;
    this.config = config;
  }

  @Override
  public void answer(Visit visit) throws IOException {
    ChatRequest.Parsed read =
        ChatRequest.parse(visit.body(), visit::header, visit.policy().hints());
    if (read instanceof ChatRequest.Parsed.Good(var request)
        && request.model().startsWith(PREFIX)) {
      run(request, visit);
    } else {
      desk.answer(read, Wording.OPENAI, visit);
    }
  }

  private void run(ChatRequest request, Visit visit) throws IOException {
    String name = request.model().substring(PREFIX.length());
    Optional<Pipeline> pipeline = shelf.apply(name);
    if (pipeline.isEmpty()) {
      visit.send(runs.unknown(name).error());
      return;
    }
    if (runs.mayWait(pipeline.get())) {
      visit.send(
          ApiError.invalid(
              "pipeline_may_wait",
              "Pipeline '"
                  + name
                  + "' may wait for a person, longer than anybody waits for an answer; use POST /v1/pipelines/"
                  + name
                  + "/runs with 'Prefer: respond-async'.",
              "model"));
      return;
    }
    switch (input(request, pipeline.get())) {
      case Input.Bad(var error) -> visit.send(error);
      case Input.Good(var input) -> {
        ObjectNode metadata = Json.object();
        request.tags().forEach(metadata::put);
        metadata.remove(INPUT_TAG);
        switch (runs.admit(
            new Runs.Order(
                visit.caller(),
                visit.policy(),
                visit.requestId(),
                Tracing.traceparent(visit.span()),
                name,
                input,
                metadata,
                request.stream(),
                request.hints().maxCostNanos(),
                patience(request, visit),
                visit.header(FleetHeaders.IDEMPOTENCY_KEY).orElse(null),
                null))) {
          case Runs.Admitted.Not(var why) -> visit.send(why.error());
          case Runs.Admitted.Run(String id, var definition) -> {
            visit.span().setAttribute(SpanNames.RUN, id);
            visit.setHeader("x-pipeline-id", id);
            visit.setHeader("x-pipeline", name);
            if (request.stream()) {
              stream(id, request, visit);
            } else {
              whole(runs.await(id, patience(request, visit)), request, visit);
            }
          }
        }
      }
    }
  }

  /** What a conversation says to a pipeline. */
  private sealed interface Input {
    record Good(JsonNode input) implements Input {}

    record Bad(ApiError error) implements Input {}
  }

  /** One text is what a single text is asked for; anything else must be written as JSON. */
  private static Input input(ChatRequest request, Pipeline pipeline) {
    String tagged = request.tags().get(INPUT_TAG);
    String text = tagged == null ? request.lastUserText() : tagged;
    String only = onlyText(pipeline.inputSchema());
    if (tagged == null && only != null) {
      return new Input.Good(Json.object().put(only, text));
    }
    try {
      return new Input.Good(Json.parse(text));
    } catch (NotJson e) {
      return new Input.Bad(
          ApiError.invalid(
              "invalid_input",
              "Pipeline '"
                  + pipeline.name()
                  + "' takes an object: write it as JSON in the last message or in metadata.pipeline_input. It cannot be read: "
                  + e.getMessage()
                  + ".",
              "messages"));
    }
  }

  /** The one field a pipeline must be given, when it is a text; null otherwise. */
  private static @Nullable String onlyText(@Nullable JsonNode schema) {
    if (schema == null || schema.path("required").size() != 1) {
      return null;
    }
    String field = schema.path("required").path(0).asText();
    return schema.path("properties").path(field).path("type").asText().equals("string")
        ? field
        : null;
  }

  private Duration patience(ChatRequest request, Visit visit) {
    return Optional.ofNullable(request.hints().timeout())
        .or(visit::clientPatience)
        .filter(asked -> asked.compareTo(config.longestWait()) < 0)
        .orElse(config.longestWait());
  }

  private static void whole(RunRow run, ChatRequest request, Visit visit) {
    visit.setHeader(FleetHeaders.COST_USD, Money.plainUsd(run.costNanos()));
    if (!run.status().equals("completed")) {
      visit.send(error(run));
      return;
    }
    visit.setHeader(FleetHeaders.MODEL_USED, request.model());
    visit.send(200, Wording.OPENAI.whole(completion(run, request.model(), text(run))));
  }

  private static ObjectNode completion(RunRow run, String model, String text) {
    ObjectNode body = Json.object().put("id", "chatcmpl-" + run.id());
    body.put("object", "chat.completion");
    body.put("created", run.createdAt().getEpochSecond()).put("model", model);
    ObjectNode choice = body.putArray("choices").addObject().put("index", 0);
    choice.putObject("message").put("role", "assistant").put("content", text);
    choice.put("finish_reason", "stop");
    ObjectNode usage = body.putObject("usage");
    usage.put("prompt_tokens", run.promptTokens());
    usage.put("completion_tokens", run.completionTokens());
    usage.put("total_tokens", run.promptTokens() + run.completionTokens());
    usage.put("cost", Money.usd(run.costNanos()));
    body.putObject("route").put("pipeline_run_id", run.id()).put("decided_by", "hint");
    return body;
  }

  private static String text(RunRow run) {
    JsonNode output = RunJson.read(run.output());
    return output.isTextual() ? output.textValue() : Json.text(output);
  }

  private static ApiError error(RunRow run) {
    if (!run.ended()) {
      return new ApiError(
          504,
          "timeout",
          "deadline_exceeded",
          "The run " + run.id() + " goes on; GET /v1/runs/" + run.id() + " has its end.",
          null,
          "router");
    }
    JsonNode error = RunJson.read(run.error());
    int status = RunsRoute.status(run);
    return new ApiError(
        status,
        switch (status) {
          case 400 -> ApiError.INVALID_REQUEST;
          case 402 -> "insufficient_quota";
          case 504 -> "timeout";
          default -> "upstream_error";
        },
        error.path("code").asText("run_failed"),
        "The run "
            + run.id()
            + " "
            + run.status()
            + (error.has("step") ? " at " + error.path("step").asText() : "")
            + ": "
            + error.path("message").asText(),
        null,
        error.path("source").asText("router"));
  }

  /** What is written by the step that is marked for it, as it comes; then what is missing. */
  private void stream(String id, ChatRequest request, Visit visit) throws IOException {
    var words = Wording.OPENAI.stream(request);
    try (OutputStream out = visit.beginEvents()) {
      var shown = new StringBuilder();
      events.follow(
          id,
          0,
          new RunEvents.Listener() {
            @Override
            public void happened(RunEvent event) throws IOException {
              if (event.type().equals("step.delta")) {
                String piece = RunJson.read(event.data()).path("delta").asText();
                send(chunk(id, request.model(), piece, shown.isEmpty()), out);
                shown.append(piece);
              }
            }

            @Override
            public void quiet() throws IOException {
              out.write(words.keepAlive());
              out.flush();
            }
          });
      RunRow run = runs.await(id, Duration.ZERO);
      if (!run.status().equals("completed")) {
        visit.out().broken();
        out.write(SseEvent.named("error", Json.text(error(run).body(visit.requestId()))).bytes());
        return;
      }
      String whole = text(run);
      if (!whole.contentEquals(shown)) {
        // What was shown is a part of the result at best; the result is what was asked for.
        String rest = whole.startsWith(shown.toString()) ? whole.substring(shown.length()) : "";
        if (!rest.isEmpty()) {
          send(chunk(id, request.model(), rest, shown.isEmpty()), out);
        }
      }
      var completion = new Completion(completion(run, request.model(), whole));
      List<ObjectNode> chunks = completion.asChunks();
      ObjectNode end = chunks.getLast();
      out.write(words.chunk(Json.text(end), end));
      ObjectNode usage = completion.usageChunk();
      usage.set("route", completion.body().path("route"));
      out.write(words.end(usage));
    }
  }

  private static ObjectNode chunk(String id, String model, String text, boolean first) {
    ObjectNode chunk = Json.object().put("id", "chatcmpl-" + id);
    chunk.put("object", "chat.completion.chunk");
    chunk.put("created", System.currentTimeMillis() / 1_000).put("model", model);
    ArrayNode choices = chunk.putArray("choices");
    ObjectNode delta = choices.addObject().put("index", 0).putObject("delta");
    if (first) {
      delta.put("role", "assistant");
    }
    delta.put("content", text);
    return chunk;
  }

  private static void send(ObjectNode chunk, OutputStream out) throws IOException {
    out.write(SseEvent.data(Json.text(chunk)).bytes());
    out.flush();
  }
}
