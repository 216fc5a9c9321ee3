package dev.flotilla.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gemini's generateContent, whole and streamed. */
final class GeminiTongue implements Tongue {
  /** On the first call of an answer, or on the end of its text. */
  private static final String SIGNATURE = "c2VhbGVkIGhlcmU=";

  /** What Google lets callers write who have none. */
  private static final String NO_SIGNATURE = "skip_thought_signature_validator";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> FIELDS =
      Set.of("contents", "systemInstruction", "tools", "toolConfig", "generationConfig");
  private static final Set<String> DATA =
      Set.of("text", "inlineData", "fileData", "functionCall", "functionResponse");

  @Override
  public String basePath() {
    return "/v1beta";
  }

  @Override
  public boolean isQuestion(String path) {
    return path.matches("/v1beta/models/[^/]+:(streamG|g)enerateContent");
  }

  @Override
  public Asked read(String path, JsonNode body) {
    var prompt = new StringBuilder();
    append(prompt, body.path("systemInstruction").path("parts"));
    for (JsonNode turn : body.path("contents")) {
      append(prompt, turn.path("parts"));
    }
    int colon = path.indexOf(':');
    return new Asked(
        path.substring(path.lastIndexOf('/', colon) + 1, colon),
        prompt.toString(),
        body.path("generationConfig").path("maxOutputTokens").asInt(Integer.MAX_VALUE),
        path.startsWith("stream", colon + 1),
        true);
  }

  private static void append(StringBuilder prompt, JsonNode parts) {
    for (JsonNode part : parts) {
      prompt.append(part.path("text").asText(""));
      prompt.append(part.path("functionResponse").path("response").path("output").asText(""));
    }
  }

  @Override
  public List<Picture> pictures(JsonNode body) {
    var pictures = new ArrayList<Picture>();
    for (JsonNode turn : body.path("contents")) {
      for (JsonNode part : turn.path("parts")) {
        JsonNode data = part.path("inlineData");
        if (data.path("mimeType").asText().startsWith("image/")) {
          pictures.add(new Picture(data.path("mimeType").asText(), data.path("data").asText()));
        }
      }
    }
    return pictures;
  }

  @Override
  public @Nullable Complaint complaint(Map<String, String> headers, JsonNode body) {
    if (!headers.containsKey("x-goog-api-key")) {
      return new Complaint(403, "Method doesn't allow unregistered callers.");
    }
    for (var field : body.properties()) {
      if (!FIELDS.contains(field.getKey())) {
        return refused(
            "Invalid JSON payload received. Unknown name \""
                + field.getKey()
                + "\": no such field.");
      }
    }
    if (body.path("contents").isEmpty()) {
      return refused("* GenerateContentRequest.contents: contents is not specified");
    }
    int open = 0;
    int at = 0;
    for (JsonNode turn : body.path("contents")) {
      String place = "contents[" + at++ + "]";
      Complaint wrong = complaint(turn, place);
      if (wrong != null) {
        return wrong;
      }
      int answers = count(turn, "functionResponse");
      if (answers != open) {
        return refused(
            place
                + ": the number of function response parts must be equal to the number of function"
                + " call parts of the function call turn.");
      }
      open = count(turn, "functionCall");
    }
    return open == 0 ? null : refused("The last turn must not be a call of a function.");
  }

  private static @Nullable Complaint complaint(JsonNode turn, String place) {
    String role = turn.path("role").asText();
    if (!role.equals("user") && !role.equals("model")) {
      return refused(place + ": Please use a valid role: user, model.");
    }
    if (turn.path("parts").isEmpty()) {
      return refused(place + ".parts: must not be empty");
    }
    boolean called = false;
    for (JsonNode part : turn.path("parts")) {
      if (DATA.stream().filter(part::has).count() != 1) {
        return refused(
            place + ".parts: required oneof field 'data' must have one initialized field");
      }
      String seal = part.path("thoughtSignature").asText("");
      if (part.has("functionCall") && !called) {
        called = true;
        if (seal.isEmpty()) {
          return refused("Function call is missing a thought_signature in functionCall parts.");
        }
      }
      if (!seal.isEmpty() && !seal.equals(SIGNATURE) && !seal.equals(NO_SIGNATURE)) {
        return refused("Corrupted thought signature.");
      }
    }
    return null;
  }

  private static int count(JsonNode turn, String field) {
    int count = 0;
    for (JsonNode part : turn.path("parts")) {
      count += part.has(field) ? 1 : 0;
    }
    return count;
  }

  private static Complaint refused(String message) {
    return new Complaint(400, message);
  }

  @Override
  public String whole(Answer answer) {
    ArrayNode parts = JSON.createArrayNode();
    if (!answer.thought().isEmpty()) {
      parts.add(thought(answer.thought()));
    }
    if (!answer.text().isEmpty()) {
      parts.addObject().put("text", answer.text());
    }
    parts.addAll(calls(answer));
    if (answer.calls().isEmpty()) {
      ((ObjectNode) parts.get(parts.size() - 1)).put("thoughtSignature", SIGNATURE);
    }
    return says(answer, parts, answer.completionTokens(), finishReason(answer)).toString();
  }

  @Override
  public Told stream(Answer answer, Asked asked) {
    var pieces = new ArrayList<String>();
    var said = new ArrayList<ObjectNode>();
    for (String part : Answer.pieces(answer.thought())) {
      said.add(thought(part));
    }
    for (String part : answer.textPieces()) {
      said.add(JSON.createObjectNode().put("text", part));
    }
    // A call comes in one piece, arguments and all.
    said.addAll(calls(answer));
    for (ObjectNode part : said) {
      long soFar = answer.billAfter(pieces.size() + 1).completionTokens();
      pieces.add(event(says(answer, JSON.createArrayNode().add(part), soFar, null)));
    }
    ArrayNode end = JSON.createArrayNode();
    end.addObject().put("text", "");
    if (answer.calls().isEmpty()) {
      ((ObjectNode) end.get(0)).put("thoughtSignature", SIGNATURE);
    }
    return new Told(
        "", pieces, event(says(answer, end, answer.completionTokens(), finishReason(answer))));
  }

  @Override
  public String error(int status, String message) {
    ObjectNode body = JSON.createObjectNode();
    body.putObject("error")
        .put("code", status)
        .put("message", message)
        .put(
            "status",
            switch (status) {
              case 401 -> "UNAUTHENTICATED";
              case 403 -> "PERMISSION_DENIED";
              case 404 -> "NOT_FOUND";
              case 429 -> "RESOURCE_EXHAUSTED";
              case 503 -> "UNAVAILABLE";
              case 504 -> "DEADLINE_EXCEEDED";
              default -> status < 500 ? "INVALID_ARGUMENT" : "INTERNAL";
            });
    return body.toString();
  }

  @Override
  public String tooLong() {
    return error(
        400,
        "The input token count (2500000) exceeds the maximum number of tokens allowed (1048576).");
  }

  private static ObjectNode thought(String text) {
    return JSON.createObjectNode().put("text", text).put("thought", true);
  }

  /** Without ids, as Gemini gives them: whoever needs one makes it up. */
  private static List<ObjectNode> calls(Answer answer) {
    var calls = new ArrayList<ObjectNode>();
    for (JsonNode call : answer.calls()) {
      ObjectNode part = JSON.createObjectNode();
      ObjectNode function = part.putObject("functionCall");
      function.put("name", call.path("function").path("name").asText());
      function.set("args", AnthropicTongue.arguments(call));
      if (calls.isEmpty()) {
        part.put("thoughtSignature", SIGNATURE);
      }
      calls.add(part);
    }
    return calls;
  }

  /**
   * @param output tokens of the answer so far
   */
  private static ObjectNode says(
      Answer answer, ArrayNode parts, long output, @Nullable String finish) {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode candidate = body.putArray("candidates").addObject();
    candidate.putObject("content").put("role", "model").set("parts", parts);
    candidate.put("index", 0);
    if (finish != null) {
      candidate.put("finishReason", finish);
    }
    body.set("usageMetadata", usage(answer, output));
    return body.put("modelVersion", answer.model()).put("responseId", "r-" + answer.number());
  }

  private static String event(ObjectNode data) {
    return "data: " + data + "\n\n";
  }

  private static String finishReason(Answer answer) {
    if (answer.filtered()) {
      return "SAFETY";
    }
    return answer.cutByLimit() && answer.calls().isEmpty() ? "MAX_TOKENS" : "STOP";
  }

  /** Counts of zero are left out. */
  private static ObjectNode usage(Answer answer, long output) {
    ObjectNode usage = JSON.createObjectNode().put("promptTokenCount", answer.promptTokens());
    if (answer.cachedTokens() > 0) {
      usage.put("cachedContentTokenCount", answer.cachedTokens());
    }
    return usage
        .put("candidatesTokenCount", output)
        .put("totalTokenCount", answer.promptTokens() + output);
  }
}
