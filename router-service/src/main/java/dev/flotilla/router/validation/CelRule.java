package dev.flotilla.router.validation;

import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.pipelines.expression.EvaluationFailed;
import dev.flotilla.pipelines.expression.Expression;
import dev.flotilla.pipelines.value.Plain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An expression that must hold. One that cannot be evaluated on this answer, because a field it
 * names is missing, does not hold.
 *
 * @param message what to say when it does not hold; null says the expression
 */
record CelRule(Expression expression, @Nullable String message) implements Validator {
  static final String RULE = "rule";

  @Override
  public List<BrokenRule> brokenBy(Choice choice) {
    if (choice.refused()) {
      return List.of();
    }
    try {
      if (expression.holds(seen(choice))) {
        return List.of();
      }
      return List.of(new BrokenRule(RULE, said("does not hold")));
    } catch (EvaluationFailed e) {
      return List.of(new BrokenRule(RULE, said("cannot be evaluated on this answer")));
    }
  }

  private String said(String otherwise) {
    return message == null ? expression.source() + " " + otherwise : message;
  }

  private static Map<String, Object> seen(Choice choice) {
    String finish = choice.finishReason();
    var tools = new ArrayList<String>();
    choice.toolCalls().forEach(call -> tools.add(call.path("function").path("name").asText("")));
    return Map.of(
        "output",
        output(choice.text()),
        "text",
        choice.text(),
        "finish_reason",
        finish == null ? "" : finish,
        "tool_calls",
        tools);
  }

  private static Object output(String text) {
    if (!text.isEmpty() && "{[".indexOf(text.stripLeading().charAt(0)) >= 0) {
      try {
        return Objects.requireNonNull(Plain.of(Json.parse(text)), "an object or a list");
      } catch (NotJson e) {
        return text;
      }
    }
    return text;
  }
}
