package dev.flotilla.router.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.flotilla.kit.json.Json;

/** Contents of items as contents of chat messages. */
final class Parts {
  private Parts() {}

  /**
   * What somebody says to the model.
   *
   * @param media whether pictures and files may be among it
   */
  static JsonNode read(JsonNode content, String place, boolean media) throws NotHere {
    if (content.isTextual()) {
      return content;
    }
    list(content, place);
    ArrayNode parts = Json.object().putArray("parts");
    int at = 0;
    for (JsonNode part : content) {
      String here = place + "[" + at++ + "]";
      String type = part.path("type").asText();
      if (type.equals("input_text")) {
        parts.addObject().put("type", "text").put("text", text(part, here));
      } else if (media && type.equals("input_image")) {
        parts.add(picture(part, here));
      } else if (media && type.equals("input_file")) {
        parts.add(file(part, here));
      } else {
        throw NotHere.unsupported(
            here + ".type",
            media ? "write input_text, input_image or input_file" : "write input_text");
      }
    }
    // One plain text as such, because every provider understands it.
    JsonNode first = parts.path(0);
    return parts.size() == 1 && first.has("text") ? first.path("text") : parts;
  }

  /** What the model said, as a message of the assistant. */
  static ObjectNode said(JsonNode content, String place) throws NotHere {
    ObjectNode message = Json.object().put("role", "assistant");
    if (content.isTextual()) {
      return message.set("content", content);
    }
    list(content, place);
    var text = new StringBuilder();
    var refusal = new StringBuilder();
    int at = 0;
    for (JsonNode part : content) {
      String here = place + "[" + at++ + "]";
      switch (part.path("type").asText()) {
        case "output_text", "input_text" -> text.append(text(part, here));
        case "refusal" -> refusal.append(field(part, "refusal", here));
        default -> throw NotHere.unsupported(here + ".type", "write output_text or refusal");
      }
    }
    if (text.isEmpty() && !refusal.isEmpty()) {
      message.putNull("content");
    } else {
      message.put("content", text.toString());
    }
    if (!refusal.isEmpty()) {
      message.put("refusal", refusal.toString());
    }
    return message;
  }

  /** What a function returned: tools answer with a text at most providers. */
  static JsonNode returned(JsonNode output, String place) throws NotHere {
    if (output.isTextual()) {
      return output;
    }
    list(output, place);
    var text = new StringBuilder();
    int at = 0;
    for (JsonNode part : output) {
      String here = place + "[" + at++ + "]";
      if (!part.path("type").asText().equals("input_text")) {
        throw NotHere.unsupported(
            here + ".type",
            "a function returns texts; show pictures and files in a message of the user after it");
      }
      text.append(text.isEmpty() ? "" : "\n").append(text(part, here));
    }
    return TextNode.valueOf(text.toString());
  }

  private static ObjectNode picture(JsonNode part, String place) throws NotHere {
    NotHere.unlessKnown(part, place, "type", "image_url", "detail");
    ObjectNode written = Json.object().put("type", "image_url");
    ObjectNode image = written.putObject("image_url");
    image.put("url", field(part, "image_url", place));
    if (part.hasNonNull("detail")) {
      image.set("detail", part.path("detail"));
    }
    return written;
  }

  private static ObjectNode file(JsonNode part, String place) throws NotHere {
    if (part.hasNonNull("file_url") || part.hasNonNull("file_id")) {
      throw NotHere.unsupported(
          place + (part.hasNonNull("file_url") ? ".file_url" : ".file_id"),
          "files are neither kept nor fetched here; send the content as 'file_data', a data URL");
    }
    NotHere.unlessKnown(part, place, "type", "file_data", "filename");
    ObjectNode written = Json.object().put("type", "file");
    written
        .putObject("file")
        .put("filename", part.path("filename").asText("file.pdf"))
        .put("file_data", field(part, "file_data", place));
    return written;
  }

  private static String text(JsonNode part, String place) throws NotHere {
    // What a model added to its text, and what a client keeps beside it, no model reads again.
    NotHere.unlessKnown(part, place, "type", "text", "annotations", "logprobs");
    return field(part, "text", place);
  }

  private static String field(JsonNode part, String name, String place) throws NotHere {
    if (!part.path(name).isTextual()) {
      throw NotHere.wrong(place + "." + name, "must be a text");
    }
    return part.path(name).textValue();
  }

  private static void list(JsonNode content, String place) throws NotHere {
    if (!content.isArray() || content.isEmpty()) {
      throw NotHere.wrong(place, "must be a text or a list of parts with at least one");
    }
  }
}
