package dev.flotilla.provider.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/** What providers of this dialect write differently from OpenAI, put right in place. */
final class Habits {
  /** DeepSeek's and Mistral's words for an answer they did not bring to its end. */
  private static final Set<String> GAVE_UP = Set.of("insufficient_system_resource", "error");

  private Habits() {}

  /** A whole answer. */
  static void answer(ObjectNode body) {
    for (JsonNode choice : body.path("choices")) {
      if (choice instanceof ObjectNode one) {
        choice(one, "message");
      }
    }
  }

  /** A chunk of a stream. */
  static void chunk(ObjectNode body) {
    for (JsonNode choice : body.path("choices")) {
      if (choice instanceof ObjectNode one) {
        choice(one, "delta");
      }
    }
    // Groq puts the usage of a stream beside the chunk.
    JsonNode groq = body.path("x_groq").path("usage");
    if (!body.path("usage").isObject() && groq.isObject()) {
      body.set("usage", groq);
    }
  }

  /** Whether it says of itself that it is no answer. */
  static boolean gaveUp(ObjectNode body) {
    for (JsonNode choice : body.path("choices")) {
      if (GAVE_UP.contains(choice.path("finish_reason").asText(""))) {
        return true;
      }
    }
    return false;
  }

  private static void choice(ObjectNode choice, String said) {
    JsonNode message = choice.path(said);
    String finish = choice.path("finish_reason").asText("");
    switch (finish) {
      // Mistral: the window was full.
      case "model_length" -> choice.put("finish_reason", "length");
      // Together: the token that ends a text.
      case "eos" -> choice.put("finish_reason", "stop");
      // xAI leaves it empty when it calls tools, and while a stream goes on.
      case "" -> {
        if (choice.path("finish_reason").isTextual()) {
          boolean calls = said.equals("message") && !message.path("tool_calls").isEmpty();
          choice.put("finish_reason", calls ? "tool_calls" : null);
        }
      }
      default -> {}
    }
    if (message instanceof ObjectNode one && one.path("content").isArray()) {
      parts(one);
    }
  }

  /** Mistral's thinking models write a list of parts where OpenAI's write a text. */
  private static void parts(ObjectNode message) {
    var text = new StringBuilder();
    var thoughts = new StringBuilder();
    for (JsonNode part : message.path("content")) {
      if (part.path("type").asText().equals("thinking")) {
        part.path("thinking").forEach(one -> thoughts.append(one.path("text").asText("")));
      } else {
        text.append(part.path("text").asText(""));
      }
    }
    message.put("content", text.toString());
    if (!thoughts.isEmpty()) {
      message.put("reasoning_content", thoughts.toString());
    }
  }
}
