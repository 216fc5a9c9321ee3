package dev.flotilla.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The requests of the demo, in order. The last but one repeats the first exactly; the last has a
 * broken first choice.
 */
final class DemoScript {
  private final JsonNode prompts;
  private final String run;

  /**
   * @param run differs between two demos, so that the second one is not answered from the first
   *     one's cache
   */
  DemoScript(String run) {
    this.run = run;
    try (var resource = DemoScript.class.getResourceAsStream("demo-prompts.json")) {
      this.prompts =
          RouterClient.JSON.readTree(Objects.requireNonNull(resource, "demo-prompts.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<ObjectNode> requests() {
    var requests = new ArrayList<ObjectNode>();
    for (var prompt : prompts) {
      var request = chat("auto", prompt.path("prompt").asText());
      if (prompt.has("response_format")) {
        request.set("response_format", prompt.path("response_format"));
      }
      if (prompt.path("stream").asBoolean()) {
        request.put("stream", true).putObject("stream_options").put("include_usage", true);
      }
      requests.add(request);
    }
    return requests;
  }

  /** Fails on demand at its first provider, which only the simulator does. */
  ObjectNode withBrokenFirstChoice() {
    var request = chat("sim-north/fast:500", "Name three harbours on the Baltic Sea.");
    request.putArray("models").add("sim-north/fast:500").add("sim-south/fast");
    return request;
  }

  /** Three families that share no provider; the author is nobody of them. */
  ObjectNode review() {
    var request =
        RouterClient.JSON
            .createObjectNode()
            .put("task", "Tell passengers when the ferry leaves. Visit " + run + ".")
            .put("policy", "two-of-three");
    request
        .putObject("artifact")
        .put("type", "text")
        .put("content", "The ferry to the island leaves at nine, weather permitting.");
    request.putArray("plan").add("names a time").add("promises nothing it cannot keep");
    request
        .putArray("reviewers")
        .add("sim-north/balanced")
        .add("sim-south/balanced")
        .add("sim-east/balanced");
    return request;
  }

  static String promptOf(ObjectNode request) {
    return request.path("messages").path(1).path("content").asText();
  }

  private ObjectNode chat(String model, String prompt) {
    var request = RouterClient.JSON.createObjectNode().put("model", model);
    var messages = request.putArray("messages");
    messages.addObject().put("role", "system").put("content", "Answer briefly. Visit " + run + ".");
    messages.addObject().put("role", "user").put("content", prompt);
    return request;
  }
}
