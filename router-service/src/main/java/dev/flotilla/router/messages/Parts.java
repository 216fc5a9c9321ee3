package dev.flotilla.router.messages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.flotilla.kit.json.Json;

/** Blocks of a message as the parts of a chat message's content. */
final class Parts {
  private final ArrayNode parts = Json.object().putArray("parts");

  boolean isEmpty() {
    return parts.isEmpty();
  }

  void addText(String text) {
    parts.addObject().put("type", "text").put("text", text);
  }

  void addAll(Parts others) {
    parts.addAll(others.parts);
  }

  /** Adds a block that must be text. */
  void addText(JsonNode block, String place) throws Untranslatable {
    if (!block.path("type").asText().equals("text")) {
      throw Untranslatable.noWords(place + ".type", "only text can stand here");
    }
    add(block, place);
  }

  /** Adds a text, a picture or a document. */
  void add(JsonNode block, String place) throws Untranslatable {
    switch (block.path("type").asText()) {
      case "text" -> {
        Untranslatable.unlessKnown(block, place, "type", "text", "citations", "cache_control");
        if (!block.path("citations").isEmpty()) {
          throw Untranslatable.noWords(place + ".citations", "leave them out");
        }
        if (!block.path("text").isTextual()) {
          throw Untranslatable.wrong(place + ".text", "must be a text");
        }
        addText(block.path("text").textValue());
      }
      case "image" -> {
        Untranslatable.unlessKnown(block, place, "type", "source", "cache_control");
        picture(block.path("source"), place + ".source");
      }
      case "document" -> {
        Untranslatable.unlessKnown(
            block, place, "type", "source", "title", "context", "citations", "cache_control");
        if (block.path("citations").path("enabled").asBoolean(false)) {
          throw Untranslatable.noWords(place + ".citations", "leave them out");
        }
        document(block, place);
      }
      default ->
          throw Untranslatable.noWords(
              place + ".type", "write a block of type text, image, document or tool_result");
    }
    mark(block.path("cache_control"));
  }

  /** Marks the end of what is there so far for the prompt cache. */
  void mark(JsonNode mark) {
    if (!mark.isMissingNode() && !mark.isNull() && !parts.isEmpty()) {
      ((ObjectNode) parts.path(parts.size() - 1)).set("cache_control", mark);
    }
  }

  /** One plain text as such, because every provider understands it; anything else as a list. */
  JsonNode content() {
    JsonNode first = parts.path(0);
    return parts.size() == 1 && isText(first) && !first.has("cache_control")
        ? first.path("text")
        : parts;
  }

  /** Texts only, as one: tools answer with a text at most providers. */
  JsonNode joined() {
    var text = new StringBuilder();
    JsonNode mark = null;
    for (JsonNode part : parts) {
      text.append(text.isEmpty() ? "" : "\n").append(part.path("text").asText());
      mark = part.has("cache_control") ? part.path("cache_control") : mark;
    }
    if (mark == null) {
      return TextNode.valueOf(text.toString());
    }
    ArrayNode one = parts.arrayNode();
    one.addObject().put("type", "text").put("text", text.toString()).set("cache_control", mark);
    return one;
  }

  private static boolean isText(JsonNode part) {
    return part.path("type").asText().equals("text");
  }

  private void picture(JsonNode source, String place) throws Untranslatable {
    String url =
        switch (source.path("type").asText()) {
          case "base64" -> dataUrl(source, place);
          case "url" -> text(source, "url", place);
          default -> throw Untranslatable.noWords(place + ".type", "write base64 or url");
        };
    parts.addObject().put("type", "image_url").putObject("image_url").put("url", url);
  }

  private void document(JsonNode block, String place) throws Untranslatable {
    JsonNode source = block.path("source");
    String at = place + ".source";
    if (block.path("context").isTextual()) {
      addText(block.path("context").textValue());
    }
    switch (source.path("type").asText()) {
      case "base64" ->
          parts
              .addObject()
              .put("type", "file")
              .putObject("file")
              .put("filename", block.path("title").asText("document.pdf"))
              .put("file_data", dataUrl(source, at));
      case "text" -> {
        title(block);
        addText(text(source, "data", at));
      }
      case "content" -> {
        title(block);
        JsonNode content = source.path("content");
        if (content.isTextual()) {
          addText(content.textValue());
        }
        int index = 0;
        for (JsonNode part : content) {
          add(part, at + ".content[" + index++ + "]");
        }
      }
      default -> throw Untranslatable.noWords(at + ".type", "write base64, text or content");
    }
  }

  private void title(JsonNode block) {
    if (block.path("title").isTextual()) {
      addText(block.path("title").textValue());
    }
  }

  private static String dataUrl(JsonNode source, String place) throws Untranslatable {
    return "data:" + text(source, "media_type", place) + ";base64," + text(source, "data", place);
  }

  private static String text(JsonNode source, String field, String place) throws Untranslatable {
    if (!source.path(field).isTextual()) {
      throw Untranslatable.wrong(place + "." + field, "must be a text");
    }
    return source.path(field).textValue();
  }
}
