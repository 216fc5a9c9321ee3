package dev.flotilla.router.messages;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.http.ApiError;
import java.util.Set;

/** Ends the reading of a request, however deep in it the trouble is. */
final class Untranslatable extends Exception {
  private static final long serialVersionUID = 1;

  private final String code;
  private final String place;

  private Untranslatable(String code, String place, String message) {
    super(message);
    this.code = code;
    this.place = place;
  }

  /** It makes no sense. */
  static Untranslatable wrong(String place, String what) {
    return new Untranslatable("invalid_type", place, "'" + place + "' " + what + ".");
  }

  /** It makes sense, but not to every model that may be asked here. */
  static Untranslatable noWords(String place, String instead) {
    return new Untranslatable(
        "unsupported_parameter",
        place,
        "'" + place + "' cannot be passed on to the models here; " + instead + ".");
  }

  /** Refuses fields that would be dropped without a word; one that is null is as good as absent. */
  static void unlessKnown(JsonNode node, String place, String... names) throws Untranslatable {
    var known = Set.of(names);
    for (var field : node.properties()) {
      if (!known.contains(field.getKey()) && !field.getValue().isNull()) {
        String name = field.getKey();
        String shown = name.length() <= 80 ? name : name.substring(0, 80) + "…";
        throw noWords(place.isEmpty() ? shown : place + "." + shown, "leave it out");
      }
    }
  }

  ApiError error() {
    return ApiError.invalid(code, String.valueOf(getMessage()), place);
  }
}
