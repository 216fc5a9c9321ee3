package dev.flotilla.router.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import java.util.List;

/**
 * A request as a program would make it. The key is always {@code FLOTILLA_KEY} of the environment.
 *
 * @param name of the tool or library
 */
record Snippet(String id, String name, String code) {
  static List<Snippet> all(String origin, ObjectNode request, String system, String prompt) {
    String model = request.path("model").asText();
    return List.of(
        new Snippet("curl", "curl", curl(origin, request)),
        new Snippet("openai-java", "openai-java", openAi(origin, model, system, prompt)),
        new Snippet("langchain4j", "LangChain4j", langChain(origin, model, system, prompt)));
  }

  /** A run of the same pipeline with the same input. */
  static String run(String origin, JsonNode run) {
    ObjectNode order = Json.object();
    order.set("input", run.path("input"));
    return """
        curl -s '%s/v1/pipelines/%s/runs?mode=async' \\
          -H "authorization: Bearer $FLOTILLA_KEY" -H 'content-type: application/json' \\
          -d '%s'
        """
        .formatted(
            origin,
            Asked.encoded(run.path("pipeline").asText()),
            Json.text(order).replace("'", "'\\''"));
  }

  private static String curl(String origin, ObjectNode request) {
    return """
        curl -s %s/v1/chat/completions \\
          -H "authorization: Bearer $FLOTILLA_KEY" -H 'content-type: application/json' \\
          -d '%s'
        """
        .formatted(origin, Json.text(request).replace("'", "'\\''"));
  }

  private static String openAi(String origin, String model, String system, String prompt) {
    String rules = system.isBlank() ? "" : "\n        .addSystemMessage(" + quoted(system) + ")";
    return """
        OpenAIClient client = OpenAIOkHttpClient.builder()
            .baseUrl(%s)
            .apiKey(System.getenv("FLOTILLA_KEY"))
            .build();
        ChatCompletion answer = client.chat().completions().create(
            ChatCompletionCreateParams.builder()
                .model(%s)%s
                .addUserMessage(%s)
                .build());
        """
        .formatted(
            quoted(origin + "/v1"),
            quoted(model),
            rules.replace("\n        ", "\n                "),
            quoted(prompt));
  }

  private static String langChain(String origin, String model, String system, String prompt) {
    String messages =
        (system.isBlank() ? "" : "SystemMessage.from(" + quoted(system) + "), ")
            + "UserMessage.from("
            + quoted(prompt)
            + ")";
    return """
        ChatModel model = OpenAiChatModel.builder()
            .baseUrl(%s)
            .apiKey(System.getenv("FLOTILLA_KEY"))
            .modelName(%s)
            .build();
        ChatResponse answer = model.chat(%s);
        """
        .formatted(quoted(origin + "/v1"), quoted(model), messages);
  }

  /** As a literal of Java. */
  private static String quoted(String text) {
    var literal = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              switch (c) {
                case '"' -> literal.append("\\\"");
                case '\\' -> literal.append("\\\\");
                case '\n' -> literal.append("\\n");
                case '\r' -> {}
                case '\t' -> literal.append("\\t");
                default -> literal.append((char) c);
              }
            });
    return literal.append('"').toString();
  }
}
