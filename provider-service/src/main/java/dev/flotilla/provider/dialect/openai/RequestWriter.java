package dev.flotilla.provider.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.json.Json;
import java.util.List;
import java.util.Set;

/**
 * A chat request as its provider wants it. It goes on as it came, except:
 *
 * <table>
 * <caption>What becomes of each parameter</caption>
 * <tr><td>model</td><td>the provider's name of it</td></tr>
 * <tr><td>max_completion_tokens, max_tokens</td><td>the one the model supports; the first wins. As they
 *     came when the catalogue names both or neither</td></tr>
 * <tr><td>seed</td><td>random_seed where the model supports that</td></tr>
 * <tr><td>stream_options</td><td>always asks for the usage, unless that comes unasked</td></tr>
 * <tr><td>reasoning_content, reasoning_details of the assistant</td><td>left out where the model does not
 *     want its thoughts back: another one's are none of its own</td></tr>
 * <tr><td>null, and what asks nothing ({@link Ability#asksNothing}), of a model without the feature</td>
 *     <td>left out: strict providers refuse the very name</td></tr>
 * </table>
 */
final class RequestWriter {
  private static final String OLDER = "max_tokens";
  private static final String NEWER = "max_completion_tokens";
  private static final List<String> THOUGHTS = List.of("reasoning_content", "reasoning_details");

  /** Names that are left out with values that ask nothing. */
  private static final Set<String> OPTIONAL =
      Set.of(
          "tools",
          "parallel_tool_calls",
          "n",
          "seed",
          "logprobs",
          "top_logprobs",
          "logit_bias",
          "top_k",
          "reasoning_effort");

  private RequestWriter() {}

  /** A shallow copy of the body: what is not changed is shared with it. */
  static ObjectNode write(Model model, ObjectNode body) {
    ObjectNode out = Json.object();
    for (var field : body.properties()) {
      String name = field.getKey();
      boolean idle = OPTIONAL.contains(name) && Ability.asksNothing(name, field.getValue());
      if (!idle || model.supports().contains(name)) {
        out.set(name(model, name), field.getValue());
      }
    }
    out.put("model", model.upstream());
    limit(model, body, out);
    if (!Feature.REASONING_CONTENT.of(model)) {
      withoutThoughts(body.path("messages"), out);
    }
    if (Feature.USAGE_UNASKED.of(model)) {
      out.remove("stream_options");
    } else if (body.path("stream").asBoolean()) {
      // Without it a stream carries no usage, and its cost would be a guess.
      ObjectNode options = Json.object();
      if (body.path("stream_options") instanceof ObjectNode asked) {
        options.setAll(asked);
      }
      out.set("stream_options", options.put("include_usage", true));
    }
    return out;
  }

  private static String name(Model model, String name) {
    return name.equals("seed") && Feature.RANDOM_SEED.of(model) ? "random_seed" : name;
  }

  private static void limit(Model model, ObjectNode body, ObjectNode out) {
    boolean older = Feature.MAX_TOKENS.of(model);
    if (older == Feature.MAX_COMPLETION_TOKENS.of(model)) {
      return;
    }
    JsonNode asked = body.hasNonNull(NEWER) ? body.path(NEWER) : body.path(OLDER);
    out.remove(List.of(OLDER, NEWER));
    if (!asked.isMissingNode() && !asked.isNull()) {
      out.set(older ? OLDER : NEWER, asked);
    }
  }

  private static void withoutThoughts(JsonNode messages, ObjectNode out) {
    boolean any = false;
    ArrayNode plain = out.arrayNode();
    for (JsonNode message : messages) {
      boolean has = THOUGHTS.stream().anyMatch(message::has);
      any |= has;
      plain.add(has ? ((ObjectNode) message).deepCopy().without(THOUGHTS) : message);
    }
    if (any) {
      out.set("messages", plain);
    }
  }
}
