package dev.flotilla.router.validation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cel.common.values.NullValue;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An expression that must hold. One that cannot be evaluated on this answer, because a field it
 * names is missing, does not hold.
 *
 * @param message what to say when it does not hold; null says the expression
 */
record CelRule(String expression, @Nullable String message, CelRuntime.Program program)
    implements Validator {
  static final String RULE = "rule";

  @Override
  public List<BrokenRule> brokenBy(Choice choice) {
    if (choice.refused()) {
      return List.of();
    }
    try {
      if (Boolean.TRUE.equals(program.eval(seen(choice)))) {
        return List.of();
      }
      return List.of(new BrokenRule(RULE, said("does not hold")));
    } catch (CelEvaluationException e) {
      return List.of(new BrokenRule(RULE, said("cannot be evaluated on this answer")));
    }
  }

  private String said(String otherwise) {
    return message == null ? expression + " " + otherwise : message;
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
        return plain(Json.parse(text));
      } catch (NotJson e) {
        return text;
      }
    }
    return text;
  }

  /** CEL knows long, double, string, boolean, list and map; it refuses BigDecimal. */
  private static Object plain(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> node.textValue();
      case BOOLEAN -> node.booleanValue();
      case NUMBER -> {
        if (node.isIntegralNumber() && node.canConvertToLong()) {
          yield node.longValue();
        }
        yield node.doubleValue();
      }
      case ARRAY -> {
        var list = new ArrayList<Object>();
        node.forEach(item -> list.add(plain(item)));
        yield list;
      }
      case OBJECT -> {
        var map = new HashMap<String, Object>();
        node.properties().forEach(field -> map.put(field.getKey(), plain(field.getValue())));
        yield map;
      }
      case NULL, MISSING, BINARY, POJO -> NullValue.NULL_VALUE;
    };
  }
}
