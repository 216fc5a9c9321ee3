package dev.flotilla.provider.dialect.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.provider.dialect.Access;
import dev.flotilla.provider.dialect.CallOutcome;
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
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks Gemini's models, of the third generation and later, in Google's own words. */
public final class GeminiDialect implements Dialect {
  private final Transport transport;
  private final TransportConfig config;
  private final Map<String, Access> providers;
  private final InstantSource clock;

  /**
   * @param providers by id, one for each provider of this dialect
   * @param clock says when an answer was made, because Gemini does not
   */
  public GeminiDialect(
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
  public boolean serves(Model model) {
    return true;
  }

  @Override
  public @Nullable Objection objection(Model model, ObjectNode body) {
    try {
      var _ = written(model, body);
      return null;
    } catch (Inexpressible e) {
      return e.objection();
    }
  }

  @Override
  public CallOutcome ask(Question question) {
    Access access = providers.get(question.model().provider().id());
    if (access == null) {
      throw new IllegalStateException("no access to " + question.model().id());
    }
    ObjectNode request;
    try {
      request = written(question.model(), question.body());
    } catch (Inexpressible e) {
      return new Failure.Rejected(400, e.objection().code(), e.objection().message());
    }
    boolean stream = question.stream();
    Sent sent =
        transport.post(
            access.at(path(question.model(), stream)),
            headers(question, access),
            request,
            stream,
            question.deadline());
    Instant now = clock.instant();
    return switch (sent) {
      case Sent.Received(int status, var headers, byte[] body) when status == 200 && !stream ->
          question.model().embeds()
              ? BatchEmbedding.read(question, body)
              : new AnswerReader(question, now).read(body);
      case Sent.Received(int status, var headers, byte[] body) when status == 200 ->
          // Asked for a stream and got something else.
          new Failure.BadAnswer(status, null);
      case Sent.Received(int status, var headers, byte[] body) ->
          RefusalReader.read(question.model(), request, status, headers, body);
      case Sent.Opened(int status, var headers, var events) ->
          opened(question, events, new EventReader(question, request, now));
      case Sent.NotSent(String reason) -> new Failure.Unreachable(reason);
      case Sent.Distrusted() -> new Failure.Distrusted();
      case Sent.TimedOut() -> new Failure.TimedOut();
      case Sent.Broken() -> new Failure.Lost();
    };
  }

  private static ObjectNode written(Model model, ObjectNode body) throws Inexpressible {
    return model.embeds() ? BatchEmbedding.write(model, body) : RequestWriter.write(model, body);
  }

  private CallOutcome opened(Question question, InputStream events, EventReader meaning) {
    return FirstChunk.of(question, new EventStream(events, config.maxLineBytes(), meaning));
  }

  private static String path(Model model, boolean stream) {
    return "/models/"
        + model.upstream()
        + (model.embeds()
            ? ":batchEmbedContents"
            : stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
  }

  private Map<String, String> headers(Question question, Access access) {
    var headers = new LinkedHashMap<String, String>();
    headers.putAll(access.credentials("x-goog-api-key", ""));
    if (config.attemptHeader()) {
      headers.put(FleetHeaders.CLIENT_REQUEST_ID, question.attemptId());
    }
    return headers;
  }
}
