package dev.flotilla.router.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.flotilla.router.console.api.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the API said, as templates read it. */
final class Facts {
  private Facts() {}

  /** Maps, lists, texts, exact numbers, booleans, null. */
  static @Nullable Object of(JsonNode json) {
    if (json.isObject()) {
      Map<String, @Nullable Object> map = new LinkedHashMap<>();
      json.properties().forEach(one -> map.put(one.getKey(), of(one.getValue())));
      return map;
    }
    if (json.isArray()) {
      List<@Nullable Object> list = new ArrayList<>();
      json.forEach(one -> list.add(of(one)));
      return list;
    }
    if (json.isNumber()) {
      return json.decimalValue();
    }
    if (json.isBoolean()) {
      return json.booleanValue();
    }
    return json.isTextual() ? json.textValue() : null;
  }

  /** The members of an object that are not null. */
  static Map<String, Object> members(JsonNode object) {
    Map<String, Object> facts = new LinkedHashMap<>();
    object
        .properties()
        .forEach(
            one -> {
              Object value = of(one.getValue());
              if (value != null) {
                facts.put(one.getKey(), value);
              }
            });
    return facts;
  }

  /**
   * An answer beside the question: {@code json}, or {@code problem}.
   *
   * @param question the path that was asked
   */
  static Map<String, Object> of(String question, Answer answer) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("question", question);
    switch (answer) {
      case Answer.Told(var json) -> {
        Object read = of(json);
        if (read != null) {
          facts.put("json", read);
        }
      }
      case Answer.Refused(int status, var code, var message) -> {
        facts.put("problem", message);
        facts.put("status", status);
        facts.put("code", code);
      }
    }
    return facts;
  }

  /** The JSON of an answer; something without members when it was refused. */
  static JsonNode json(@Nullable Answer answer) {
    return answer instanceof Answer.Told(var json) ? json : MissingNode.getInstance();
  }
}
