package dev.flotilla.router.responses;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.http.ApiError;
import java.util.Set;

/** Ends the reading of a request, however deep in it the trouble is. */
final class NotHere extends Exception {
  private static final long serialVersionUID = 1;

  private final String code;
  private final String place;

  private NotHere(String code, String place, String message) {
    super(message);
    this.code = code;
    this.place = place;
  }

  /** It makes no sense. */
  static NotHere wrong(String place, String what) {
    return new NotHere("invalid_type", place, "'" + place + "' " + what + ".");
  }

  /**
   * It makes sense to OpenAI, but not to every model that may be asked here.
   *
   * @param why and what to write instead, to follow a colon
   */
  static NotHere unsupported(String place, String why) {
    return new NotHere(
        "unsupported_parameter", place, "'" + place + "' is not supported here: " + why + ".");
  }

  /** Refuses fields that would be dropped without a word; one that is null is as good as absent. */
  static void unlessKnown(JsonNode node, String place, String... names) throws NotHere {
    var known = Set.of(names);
    for (var field : node.properties()) {
      if (!known.contains(field.getKey()) && !field.getValue().isNull()) {
        throw unsupported(place + "." + shown(field.getKey()), "leave it out");
      }
    }
  }

  static String shown(String name) {
    return name.length() <= 80 ? name : name.substring(0, 80) + "…";
  }

  ApiError error() {
    return ApiError.invalid(code, String.valueOf(getMessage()), place);
  }
}
