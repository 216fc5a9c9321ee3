package dev.flotilla.router.pipeline.interpreter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.pipelines.definition.Action.HttpCall;
import dev.flotilla.pipelines.definition.Output;
import dev.flotilla.pipelines.expression.EvaluationFailed;
import dev.flotilla.pipelines.template.RenderFailed;
import dev.flotilla.pipelines.template.Template;
import dev.flotilla.router.upstream.Connections;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks a server that the installation knows by a name. Thread-safe. */
final class HttpAction {
  private static final Duration USUAL_PATIENCE = Duration.ofSeconds(30);

  private final Connections connections;
  private final Judge judge;

  HttpAction(Connections connections, Judge judge) {
    this.connections = connections;
    this.judge = judge;
  }

  Outcome perform(Try attempt, HttpCall action) {
    String path;
    var query = new LinkedHashMap<String, String>();
    JsonNode body;
    try {
      path = action.path().render(attempt.scope());
      for (Map.Entry<String, Template> one : action.query().entrySet()) {
        query.put(one.getKey(), one.getValue().render(attempt.scope()));
      }
      body = action.body() == null ? null : action.body().in(attempt.scope());
    } catch (RenderFailed | EvaluationFailed e) {
      return new Outcome.Failed(
          Errors.of("request_failed", String.valueOf(e.getMessage())), false, List.of());
    }
    Duration timeout = attempt.step().timeout();
    // Whoever is asked may know by it that it was asked before.
    var headers =
        Map.of(
            FleetHeaders.IDEMPOTENCY_KEY,
            attempt.idempotencyKey(),
            FleetHeaders.TRACEPARENT,
            Tracing.traceparent(attempt.span()));
    return switch (connections.ask(
        action.connection(),
        action.method(),
        path,
        query,
        body,
        headers,
        attempt.going().deadline(timeout == null ? USUAL_PATIENCE : timeout))) {
      case Connections.Answer.None(var code, var message, boolean again) ->
          new Outcome.Failed(Errors.of(code, message), again, List.of());
      case Connections.Answer.Content(var json, var text) -> judged(attempt, json, text);
    };
  }

  private Outcome judged(Try attempt, @Nullable JsonNode json, String text) {
    boolean wantsText = attempt.step().output() instanceof Output.Text;
    if (!wantsText && json == null) {
      return new Outcome.Invalid(List.of("the answer is no JSON"), null, List.of());
    }
    Judge.Verdict verdict =
        judge.of(
            wantsText || json == null ? TextNode.valueOf(text) : json,
            attempt.step(),
            attempt.scope());
    JsonNode output = verdict.output();
    return output != null && verdict.broken().isEmpty()
        ? new Outcome.Done(output, null, List.of())
        : new Outcome.Invalid(verdict.broken(), null, List.of());
  }
}
