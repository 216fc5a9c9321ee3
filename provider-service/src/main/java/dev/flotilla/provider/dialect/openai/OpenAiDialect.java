package dev.flotilla.provider.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.dialect.CallOutcome;
import dev.flotilla.provider.dialect.Completion;
import dev.flotilla.provider.dialect.Dialect;
import dev.flotilla.provider.dialect.EventStream;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.provider.dialect.FirstChunk;
import dev.flotilla.provider.dialect.Objection;
import dev.flotilla.provider.dialect.OpenAiUsage;
import dev.flotilla.provider.dialect.Question;
import dev.flotilla.provider.embedding.Vectors;
import dev.flotilla.provider.transport.Sent;
import dev.flotilla.provider.transport.Transport;
import dev.flotilla.provider.transport.TransportConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks providers that speak OpenAI's dialect, for chat and for vectors. */
public final class OpenAiDialect implements Dialect {
  private final Transport transport;
  private final TransportConfig config;
  private final Map<String, Endpoint> endpoints;

  /**
   * @param endpoints by provider id, one for each provider of this dialect
   */
  public OpenAiDialect(
      Transport transport, TransportConfig config, Map<String, Endpoint> endpoints) {
    this.transport = transport;
    this.config = config;
    this.endpoints = Map.copyOf(endpoints);
  }

  @Override
  public boolean serves(Model model) {
    return true;
  }

  @Override
  public @Nullable Objection objection(Model model, ObjectNode body) {
    return Ability.objection(model, body);
  }

  @Override
  public CallOutcome ask(Question question) {
    Endpoint endpoint = endpoints.get(question.model().provider().id());
    if (endpoint == null) {
      throw new IllegalStateException("no endpoint for " + question.model().id());
    }
    boolean stream = question.stream();
    Sent sent =
        transport.post(
            question.model().embeds()
                ? endpoint.embeddings(question.model())
                : endpoint.chat(question.model()),
            headers(question, endpoint),
            RequestWriter.write(question.model(), question.body()),
            stream,
            question.deadline());
    return switch (sent) {
      case Sent.Received(int status, var headers, byte[] body) when status == 200 && !stream ->
          answer(question, body);
      case Sent.Received(int status, var headers, byte[] body) when status == 200 ->
          // Asked for a stream and got something else.
          bad(question, body);
      case Sent.Received(int status, var headers, byte[] body) ->
          RefusalReader.read(status, headers, body);
      case Sent.Opened(int status, var headers, var events) ->
          FirstChunk.of(
              question,
              new EventStream(events, config.maxLineBytes(), new ChunkEvents(question.model())));
      case Sent.NotSent(String reason) -> new Failure.Unreachable(reason);
      case Sent.Distrusted() -> new Failure.Distrusted();
      case Sent.TimedOut() -> new Failure.TimedOut();
      case Sent.Broken() -> new Failure.Lost();
    };
  }

  private Map<String, String> headers(Question question, Endpoint endpoint) {
    var headers = new LinkedHashMap<String, String>();
    headers.putAll(endpoint.credentials());
    if (config.attemptHeader()) {
      headers.put(FleetHeaders.CLIENT_REQUEST_ID, question.attemptId());
    }
    return headers;
  }

  private static CallOutcome answer(Question question, byte[] bytes) {
    try {
      ObjectNode body = Json.parseObject(bytes);
      Habits.answer(body);
      Completion completion = completion(question, body);
      if (completion == null || body.path("error").isObject()) {
        return bad(question, body);
      }
      return Habits.gaveUp(body)
          ? new Failure.CutShort(200, completion.usage())
          : new CallOutcome.Answered(200, completion);
    } catch (NotJson e) {
      return new Failure.BadAnswer(200, null);
    }
  }

  private static @Nullable Completion completion(Question question, ObjectNode body) {
    if (!question.model().embeds()) {
      return Completion.of(body, question.model());
    }
    Vectors vectors = Vectors.of(body, question.model(), question.body());
    return vectors == null ? null : Completion.of(vectors);
  }

  private static Failure bad(Question question, byte[] bytes) {
    try {
      return bad(question, Json.parseObject(bytes));
    } catch (NotJson e) {
      return new Failure.BadAnswer(200, null);
    }
  }

  private static Failure bad(Question question, JsonNode body) {
    @Nullable AttemptUsage usage =
        question.model().embeds()
            ? Vectors.usage(body.path("usage"), question.model(), question.body())
            : OpenAiUsage.read(body.path("usage"), question.model().contextTokens());
    return new Failure.BadAnswer(200, usage);
  }
}
