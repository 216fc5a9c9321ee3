package dev.flotilla.router.responses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;

/** The items an output is made of, with all the fields that clients insist on. */
final class Item {
  private Item() {}

  /**
   * @param text empty for none
   * @param refusal empty for none
   */
  static ObjectNode message(String id, String text, String refusal, String status) {
    ObjectNode item = Json.object().put("id", id).put("type", "message").put("status", status);
    ArrayNode content = item.put("role", "assistant").putArray("content");
    if (!text.isEmpty()) {
      content.add(textPart(text));
    }
    if (!refusal.isEmpty()) {
      content.add(refusalPart(refusal));
    }
    return item;
  }

  static ObjectNode call(String id, String callId, String name, String arguments, String status) {
    return Json.object()
        .put("id", id)
        .put("type", "function_call")
        .put("status", status)
        .put("arguments", arguments)
        .put("call_id", callId)
        .put("name", name);
  }

  /**
   * @param text empty for none yet
   */
  static ObjectNode reasoning(String id, String text, String status) {
    ObjectNode item = Json.object().put("id", id).put("type", "reasoning").put("status", status);
    item.putArray("summary");
    ArrayNode content = item.putArray("content");
    if (!text.isEmpty()) {
      content.add(thoughtPart(text));
    }
    return item;
  }

  static ObjectNode textPart(String text) {
    ObjectNode part = Json.object().put("type", "output_text").put("text", text);
    part.putArray("annotations");
    part.putArray("logprobs");
    return part;
  }

  static ObjectNode refusalPart(String refusal) {
    return Json.object().put("type", "refusal").put("refusal", refusal);
  }

  static ObjectNode thoughtPart(String text) {
    return Json.object().put("type", "reasoning_text").put("text", text);
  }
}
