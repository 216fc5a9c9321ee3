package dev.flotilla.router.door;

import dev.flotilla.kit.http.ApiError;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request begins, ends and points where every proxy before us would say it does. One that
 * two readers could understand differently is how a second request is smuggled past the first
 * reader, so it is refused and its connection is not used again.
 */
final class Framing {
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

  private Framing() {}

  /** What is wrong; null when nothing is. */
  static @Nullable ApiError fault(ServerRequest request) {
    List<String> lengths = values(request, HeaderNames.CONTENT_LENGTH);
    List<String> encodings = values(request, HeaderNames.TRANSFER_ENCODING);
    if (!encodings.isEmpty() && !lengths.isEmpty()) {
      return ambiguous("both content-length and transfer-encoding; send one of them");
    }
    if (!encodings.isEmpty()
        && (encodings.size() > 1 || !encodings.getFirst().strip().equalsIgnoreCase("chunked"))) {
      return ambiguous("another transfer-encoding than 'chunked'; send that, or a content-length");
    }
    if (lengths.size() > 1
        || (lengths.size() == 1 && !DIGITS.matcher(lengths.getFirst()).matches())) {
      return ambiguous("no single whole number as its content-length; send the body's length once");
    }
    if (values(request, HeaderNames.AUTHORIZATION).size() > 1) {
      return ambiguous("more than one authorization; send one key");
    }
    if (request.headers().contains(HeaderNames.CONTENT_ENCODING)
        && !request
            .headers()
            .get(HeaderNames.CONTENT_ENCODING)
            .get()
            .equalsIgnoreCase("identity")) {
      return new ApiError(
          415,
          ApiError.INVALID_REQUEST,
          "unsupported_content_encoding",
          "Compressed bodies are not read here; send the JSON as it is, without content-encoding.",
          null,
          "router");
    }
    if (pointsElsewhere(request.path().path())) {
      return ApiError.invalid(
          "invalid_path",
          "The path has a dot segment or a control character in it; write names as /openapi lists them.",
          null);
    }
    // Nothing that is kept can have it in its name: PostgreSQL knows no such text.
    return request.query().rawValue().contains("%00")
        ? ApiError.invalid(
            "invalid_query",
            "The query has U+0000 in it, which no name here has; leave it out.",
            null)
        : null;
  }

  /** Names below a door travel on in a path of another service, where {@code ..} would leave it. */
  private static boolean pointsElsewhere(String decoded) {
    for (String segment : decoded.split("[/\\\\]", -1)) {
      if (segment.equals(".") || segment.equals("..")) {
        return true;
      }
    }
    return decoded.chars().anyMatch(Character::isISOControl);
  }

  static List<String> values(ServerRequest request, HeaderName name) {
    return request.headers().contains(name) ? request.headers().get(name).allValues() : List.of();
  }

  /** Which of them counts would depend on who looks. */
  static ApiError severalKeys() {
    return ambiguous("keys that differ in its headers; send one key");
  }

  private static ApiError ambiguous(String what) {
    return ApiError.invalid("ambiguous_request", "The request has " + what + ".", null);
  }
}
