package dev.flotilla.provider.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.json.Json;
import java.util.Set;

/**
 * Turns a chat request of OpenAI's into one of Gemini's.
 *
 * <table>
 * <caption>What becomes of each parameter</caption>
 * <tr><th>OpenAI</th><th>Gemini</th></tr>
 * <tr><td>system and developer messages</td><td>{@code systemInstruction}, wherever they stood; the
 *     only turn when there is no other</td></tr>
 * <tr><td>user, assistant and tool messages</td><td>{@code contents}, see {@link Conversation}</td></tr>
 * <tr><td>tools, tool_choice</td><td>{@code functionDeclarations}, {@code functionCallingConfig}, see
 *     {@link Tools}</td></tr>
 * <tr><td>response_format</td><td>{@code responseMimeType}, {@code responseJsonSchema}</td></tr>
 * <tr><td>max_completion_tokens, max_tokens</td><td>{@code maxOutputTokens}, thinking included in both;
 *     the first wins</td></tr>
 * <tr><td>temperature, top_p, seed, presence_penalty, frequency_penalty</td><td>the same</td></tr>
 * <tr><td>stop</td><td>{@code stopSequences}, at most five</td></tr>
 * <tr><td>reasoning_effort minimal to high</td><td>{@code thinkingLevel}, and the summary of the thoughts
 *     as {@code reasoning_content}</td></tr>
 * <tr><td>detail of images</td><td>{@code mediaResolution}, which is one for all of them</td></tr>
 * <tr><td>stream, stream_options</td><td>the path; usage always comes</td></tr>
 * <tr><td>parallel_tool_calls true, n 1, logprobs false, store false, logit_bias {}, service_tier auto
 *     and default, modalities text, verbosity medium</td><td>what Gemini does anyway</td></tr>
 * <tr><td>user, safety_identifier, prompt_cache_key, metadata, cache_control, the name of a file or of
 *     a schema</td><td>left out: they do not change the answer, and Gemini's prompt cache needs no
 *     marks</td></tr>
 * <tr><td>anything else, and other values of the above</td><td>an objection</td></tr>
 * </table>
 */
final class RequestWriter {
  private static final Set<String> TRANSLATED =
      Set.of(
          "model",
          "messages",
          "stream",
          "stream_options",
          "tools",
          "tool_choice",
          "parallel_tool_calls",
          "response_format",
          "max_tokens",
          "max_completion_tokens",
          "temperature",
          "top_p",
          "stop",
          "seed",
          "presence_penalty",
          "frequency_penalty",
          "reasoning_effort");

  private static final Set<String> WITHOUT_EFFECT =
      Set.of("user", "safety_identifier", "prompt_cache_key", "metadata");

  private RequestWriter() {}

  /**
   * @throws Inexpressible when a part of the request would be lost
   */
  static ObjectNode write(Model model, ObjectNode body) throws Inexpressible {
    for (var field : body.properties()) {
      String name = field.getKey();
      if (!TRANSLATED.contains(name)
          && !WITHOUT_EFFECT.contains(name)
          && !asItIsAnyway(name, field.getValue())) {
        throw Inexpressible.unsupported(
            name, "Gemini has nothing like '" + name + "'; leave it out or name another model.");
      }
    }
    ObjectNode request = Json.object();
    Conversation conversation = Conversation.of(body.path("messages"));
    conversation.writeTo(request);
    Tools.write(body, request);
    ObjectNode config = GenerationConfig.of(model, body);
    if (conversation.resolution() != null) {
      config.put("mediaResolution", conversation.resolution());
    }
    if (!config.isEmpty()) {
      request.set("generationConfig", config);
    }
    return request;
  }

  /** Whether a parameter says what Gemini does without being told. */
  private static boolean asItIsAnyway(String name, JsonNode value) {
    if (value.isNull()) {
      return true;
    }
    return switch (name) {
      case "n" -> value.isIntegralNumber() && value.asLong() == 1;
      case "logprobs", "store" -> value.isBoolean() && !value.booleanValue();
      case "top_logprobs" -> value.isIntegralNumber() && value.asLong() == 0;
      case "logit_bias" -> value.isObject() && value.isEmpty();
      // Other tiers have other prices, which the catalogue does not know.
      case "service_tier" -> value.asText().equals("auto") || value.asText().equals("default");
      case "modalities" -> value.size() == 1 && value.path(0).asText().equals("text");
      case "verbosity" -> value.asText().equals("medium");
      default -> false;
    };
  }
}
