package dev.flotilla.provider.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Text, images, sound and files of messages as Gemini's parts. One thread at a time. */
final class PartWriter {
  private static final Set<String> SOUNDS = Set.of("wav", "mp3", "aiff", "aac", "ogg", "flac");
  private static final String RESOLUTION = "MEDIA_RESOLUTION_";

  private @Nullable String resolution;

  /** What the images' {@code detail} asks for, in Gemini's words; null when nothing. */
  @Nullable String resolution() {
    return resolution;
  }

  /** A string, or a list of parts of any kind. */
  void add(JsonNode content, String at, ArrayNode into) throws Inexpressible {
    if (content.isTextual()) {
      into.addObject().set("text", content);
      return;
    }
    if (!content.isArray()) {
      throw Inexpressible.invalid(at, "'content' must be a string or a list of parts.");
    }
    for (int i = 0; i < content.size(); i++) {
      JsonNode part = content.path(i);
      String here = at + "[" + i + "]";
      switch (part.path("type").asText()) {
        case "text" -> into.addObject().set("text", words(part, "text", here));
        case "image_url" -> image(part.path("image_url"), here + ".image_url", into.addObject());
        case "input_audio" -> sound(part.path("input_audio"), here, into.addObject());
        case "file" -> file(part.path("file"), here + ".file", into.addObject());
        default ->
            throw Inexpressible.unsupported(
                here + ".type",
                "Gemini takes text, image_url, input_audio and file, but no '"
                    + part.path("type").asText()
                    + "'.");
      }
    }
  }

  /** A string, a list of parts of text, or nothing. */
  void addText(JsonNode content, String at, ArrayNode into) throws Inexpressible {
    if (content.isArray()) {
      for (int i = 0; i < content.size(); i++) {
        JsonNode part = content.path(i);
        String here = at + "[" + i + "]";
        String type = part.path("type").asText();
        if (!type.equals("text") && !type.equals("refusal")) {
          throw Inexpressible.unsupported(
              here + ".type", "Gemini takes text only from anybody but the user.");
        }
        into.addObject().set("text", words(part, type, here));
      }
    } else if (content.isTextual()) {
      if (!content.textValue().isEmpty()) {
        into.addObject().set("text", content);
      }
    } else if (!content.isNull() && !content.isMissingNode()) {
      throw Inexpressible.invalid(at, "'content' must be a string or a list of parts.");
    }
  }

  /** All of it as one text. */
  String text(JsonNode content, String at) throws Inexpressible {
    ArrayNode texts = Json.object().putArray("parts");
    addText(content, at + ".content", texts);
    var text = new StringBuilder();
    texts.forEach(part -> text.append(part.path("text").textValue()));
    return text.toString();
  }

  private static JsonNode words(JsonNode part, String field, String at) throws Inexpressible {
    JsonNode text = part.path(field);
    if (!text.isTextual()) {
      throw Inexpressible.invalid(at + "." + field, "'" + field + "' must be a string.");
    }
    return text;
  }

  private void image(JsonNode image, String at, ObjectNode part) throws Inexpressible {
    link(image.path("url").asText(""), at + ".url", part);
    String detail = image.path("detail").asText("auto");
    String asked =
        switch (detail) {
          case "auto" -> null;
          case "low", "high" -> RESOLUTION + detail.toUpperCase(Locale.ROOT);
          default ->
              throw Inexpressible.unsupported(
                  at + ".detail", "Gemini knows a detail of auto, low or high.");
        };
    if (asked != null && resolution != null && !asked.equals(resolution)) {
      throw Inexpressible.unsupported(
          at + ".detail", "Gemini looks at all images in one detail; write the same for each.");
    }
    resolution = asked == null ? resolution : asked;
  }

  private static void sound(JsonNode sound, String at, ObjectNode part) throws Inexpressible {
    String format = sound.path("format").asText("");
    if (!SOUNDS.contains(format)) {
      throw Inexpressible.unsupported(
          at + ".input_audio.format", "Gemini hears " + SOUNDS + "; write one of these.");
    }
    part.putObject("inlineData")
        .put("mimeType", "audio/" + format)
        .put("data", sound.path("data").asText(""));
  }

  private static void file(JsonNode file, String at, ObjectNode part) throws Inexpressible {
    if (file.hasNonNull("file_data")) {
      link(file.path("file_data").asText(), at + ".file_data", part);
      return;
    }
    String id = file.path("file_id").asText("");
    if (!id.startsWith("https://")) {
      throw Inexpressible.unsupported(
          at + ".file_id",
          "Gemini knows only files whose id is an https address; write 'file_data' as a data URL.");
    }
    link(id, at + ".file_id", part);
  }

  /** Data are sent along; Gemini itself fetches what is behind an address. */
  private static void link(String url, String at, ObjectNode part) throws Inexpressible {
    if (url.startsWith("https://")) {
      ObjectNode data = part.putObject("fileData");
      String type = typeOf(url);
      if (type != null) {
        data.put("mimeType", type);
      }
      data.put("fileUri", url);
      return;
    }
    int comma = url.indexOf(',');
    String head = comma < 0 ? "" : url.substring(0, comma);
    if (!head.startsWith("data:") || !head.endsWith(";base64")) {
      throw Inexpressible.unsupported(
          at, "Gemini takes an https address or data written as data:<media type>;base64,<data>.");
    }
    String type = head.substring("data:".length(), head.indexOf(';'));
    if (type.isEmpty()) {
      throw Inexpressible.invalid(at, "The data URL does not say its media type.");
    }
    part.putObject("inlineData").put("mimeType", type).put("data", url.substring(comma + 1));
  }

  /** By the ending of the path; null when that says nothing, and Gemini finds out. */
  private static @Nullable String typeOf(String url) {
    String path = url.split("[?#]", 2)[0].toLowerCase(Locale.ROOT);
    return switch (path.substring(path.lastIndexOf('.') + 1)) {
      case "png" -> "image/png";
      case "jpg", "jpeg" -> "image/jpeg";
      case "webp" -> "image/webp";
      case "heic" -> "image/heic";
      case "heif" -> "image/heif";
      case "pdf" -> "application/pdf";
      case "txt" -> "text/plain";
      default -> null;
    };
  }
}
