package dev.flotilla.provider.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/** Turns the parts of a message's content into blocks. */
final class Parts {
  private static final Set<String> PICTURES =
      Set.of("image/jpeg", "image/png", "image/gif", "image/webp");

  private Parts() {}

  /**
   * Blocks of a text or a list of parts; none for null and for the empty text, which Anthropic
   * refuses.
   *
   * @param textOnly whether pictures and documents have no place here
   */
  static List<ObjectNode> blocks(JsonNode content, String path, boolean textOnly) throws Unsayable {
    var blocks = new ArrayList<ObjectNode>();
    if (content.isTextual()) {
      addText(blocks, content.textValue());
    } else if (content.isArray()) {
      int at = 0;
      for (JsonNode part : content) {
        String place = path + "[" + at++ + "]";
        String type = part.path("type").asText();
        if (textOnly && !type.equals("text") && !type.equals("refusal")) {
          throw Unsayable.here(place, "only text can stand in this message");
        }
        int before = blocks.size();
        add(blocks, part, type, place);
        if (part.hasNonNull("cache_control") && blocks.size() > before) {
          blocks.getLast().set("cache_control", cacheControl(part.path("cache_control"), place));
        }
      }
    } else if (!content.isNull() && !content.isMissingNode()) {
      throw Unsayable.anywhere(path, "must be a text or a list of parts");
    }
    return blocks;
  }

  private static void add(List<ObjectNode> blocks, JsonNode part, String type, String path)
      throws Unsayable {
    switch (type) {
      case "text" -> {
        known(part, path, "type", "text", "cache_control");
        addText(blocks, part.path("text").asText());
      }
      // What a model once refused with is a part of the conversation like any other text.
      case "refusal" -> {
        known(part, path, "type", "refusal", "cache_control");
        addText(blocks, part.path("refusal").asText());
      }
      case "image_url" -> {
        known(part, path, "type", "image_url", "cache_control");
        blocks.add(picture(part.path("image_url"), path + ".image_url"));
      }
      case "file" -> {
        known(part, path, "type", "file", "cache_control");
        blocks.add(document(part.path("file"), path + ".file"));
      }
      case "input_audio" -> throw Unsayable.here(path, "it hears nothing; send text");
      default -> throw Unsayable.here(path, "write a part of type text, image_url or file");
    }
  }

  static void addText(List<ObjectNode> blocks, String text) {
    if (!text.isEmpty()) {
      blocks.add(Json.object().put("type", "text").put("text", text));
    }
  }

  private static ObjectNode picture(JsonNode image, String path) throws Unsayable {
    known(image, path, "url", "detail");
    String url = image.path("url").asText();
    ObjectNode block = Json.object().put("type", "image");
    ObjectNode source = block.putObject("source");
    DataUrl data = DataUrl.of(url);
    if (url.startsWith("https://")) {
      source.put("type", "url").put("url", url);
    } else if (PICTURES.contains(data.mediaType())) {
      source.put("type", "base64").put("media_type", data.mediaType()).put("data", data.base64());
    } else {
      throw Unsayable.here(
          path + ".url", "write an https address, or a data URL of a JPEG, PNG, GIF or WebP");
    }
    return block;
  }

  private static ObjectNode document(JsonNode file, String path) throws Unsayable {
    known(file, path, "file_data", "filename");
    ObjectNode block = Json.object().put("type", "document");
    ObjectNode source = block.putObject("source");
    DataUrl data = DataUrl.of(file.path("file_data").asText());
    switch (data.mediaType()) {
      case "application/pdf" ->
          source
              .put("type", "base64")
              .put("media_type", "application/pdf")
              .put("data", data.base64());
      case "text/plain" ->
          source
              .put("type", "text")
              .put("media_type", "text/plain")
              .put("data", decoded(data, path));
      default ->
          throw Unsayable.here(
              path + ".file_data", "write a base64 data URL of application/pdf or text/plain");
    }
    if (file.path("filename").isTextual()) {
      block.set("title", file.path("filename"));
    }
    return block;
  }

  private static String decoded(DataUrl data, String path) throws Unsayable {
    try {
      return new String(Base64.getDecoder().decode(data.base64()), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Unsayable.anywhere(path + ".file_data", "is not base64");
    }
  }

  /** A marker of the prompt cache, which Anthropic's callers know from Anthropic. */
  static JsonNode cacheControl(JsonNode mark, String path) throws Unsayable {
    String ttl = mark.path("ttl").asText("5m");
    if (!mark.path("type").asText().equals("ephemeral")
        || !(ttl.equals("5m") || ttl.equals("1h"))) {
      throw Unsayable.anywhere(
          path, "must be {\"type\": \"ephemeral\"}, with a ttl of 5m or 1h if you like");
    }
    return mark;
  }

  /** Refuses fields that would be dropped without a word. */
  static void known(JsonNode node, String path, String... names) throws Unsayable {
    var known = Set.of(names);
    for (var field : node.properties()) {
      if (!known.contains(field.getKey()) && !field.getValue().isNull()) {
        throw Unsayable.here(path + "." + field.getKey(), "leave it out");
      }
    }
  }
}
