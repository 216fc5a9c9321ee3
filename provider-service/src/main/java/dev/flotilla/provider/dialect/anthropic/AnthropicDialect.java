package dev.flotilla.provider.dialect.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.dialect.Access;
import dev.flotilla.provider.dialect.CallOutcome;
import dev.flotilla.provider.dialect.Completion;
import dev.flotilla.provider.dialect.Dialect;
import dev.flotilla.provider.dialect.EventStream;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.provider.dialect.FirstChunk;
import dev.flotilla.provider.dialect.Objection;
import dev.flotilla.provider.dialect.Question;
import dev.flotilla.provider.transport.Sent;
import dev.flotilla.provider.transport.Transport;
import dev.flotilla.provider.transport.TransportConfig;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks providers that speak Anthropic's Messages API. */
public final class AnthropicDialect implements Dialect {
  private static final String PATH = "/v1/messages";
  private static final String VERSION = "2023-06-01";

  private final Transport transport;
  private final TransportConfig config;
  private final Map<String, Access> providers;
  private final InstantSource clock;

  /**
   * @param providers by id, one for each provider of this dialect
   * @param clock says when an answer was made, because Anthropic does not
   */
  public AnthropicDialect(
      Transport transport,
      TransportConfig config,
      Map<String, Access> providers,
      InstantSource clock) {
    this.transport = transport;
    this.config = config;
    this.providers = Map.copyOf(providers);
    this.clock = clock;
  }

  @Override
  public @Nullable Objection objection(Model model, ObjectNode body) {
    try {
      RequestWriter.write(model, body);
      return null;
    } catch (Unsayable e) {
      return e.objection();
    }
  }

  @Override
  public CallOutcome ask(Question question) {
    Access access = providers.get(question.model().provider().id());
    if (access == null) {
      throw new IllegalStateException("no access to " + question.model().id());
    }
    boolean stream = question.stream();
    ObjectNode request;
    try {
      request = RequestWriter.write(question.model(), question.body());
    } catch (Unsayable e) {
      Objection objection = e.objection();
      return new Failure.Rejected(400, objection.code(), objection.message());
    }
    Sent sent =
        transport.post(
            access.at(PATH), headers(question, access), request, stream, question.deadline());
    return switch (sent) {
      case Sent.Received(int status, var headers, byte[] body) when status == 200 && !stream ->
          answer(question.model(), body);
      // Asked for a stream and got something else.
      case Sent.Received(int status, var headers, byte[] body) when status == 200 ->
          new Failure.BadAnswer(status, null);
      case Sent.Received(int status, var headers, byte[] body) ->
          ErrorReader.read(status, headers, body);
      case Sent.Opened(int status, var headers, var events) -> opened(question, events);
      case Sent.NotSent(String reason) -> new Failure.Unreachable(reason);
      case Sent.Distrusted() -> new Failure.Distrusted();
      case Sent.TimedOut() -> new Failure.TimedOut();
      case Sent.Broken() -> new Failure.Lost();
    };
  }

  private Map<String, String> headers(Question question, Access access) {
    var headers = new LinkedHashMap<String, String>();
    headers.put("anthropic-version", VERSION);
    headers.putAll(access.credentials("x-api-key", ""));
    if (config.attemptHeader()) {
      headers.put(FleetHeaders.CLIENT_REQUEST_ID, question.attemptId());
    }
    return headers;
  }

  private CallOutcome answer(Model model, byte[] bytes) {
    try {
      ObjectNode body = AnswerReader.read(Json.parseObject(bytes), now());
      Completion completion = body == null ? null : Completion.of(body, model);
      return completion == null
          ? new Failure.BadAnswer(200, null)
          : new CallOutcome.Answered(200, completion);
    } catch (NotJson e) {
      return new Failure.BadAnswer(200, null);
    }
  }

  private CallOutcome opened(Question question, InputStream events) {
    var meaning = new MessageEvents(question.model(), now());
    return FirstChunk.of(question, new EventStream(events, config.maxLineBytes(), meaning));
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }
}
