package dev.flotilla.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a provider words what it hears and says. An upstream decides what happens; a tongue says it.
 * Without state.
 */
interface Tongue {
  /** What follows host and port in a base address, as this provider's clients write it. */
  String basePath();

  /** Whether a POST to this path asks for an answer. */
  boolean isQuestion(String path);

  Asked read(String path, JsonNode body);

  /** Pictures whose bytes are in the request, in its order. */
  List<Picture> pictures(JsonNode body);

  /**
   * What the real provider would refuse in a request, as far as translators get it wrong; null when
   * it would not.
   *
   * @param headers names in lower case
   */
  @Nullable Complaint complaint(Map<String, String> headers, JsonNode body);

  String whole(Answer answer);

  Told stream(Answer answer, Asked asked);

  String error(int status, String message);

  /** The body of a 400 that says that a request does not fit into the model's window. */
  String tooLong();

  /**
   * A request as far as it decides what an answer costs.
   *
   * @param prompt all its texts, one after the other
   * @param limit most tokens of the answer
   * @param usageWanted whether a stream is to end with what it cost; some always do
   */
  record Asked(String model, String prompt, int limit, boolean stream, boolean usageWanted) {}

  /**
   * @param base64 its bytes
   */
  record Picture(String mediaType, String base64) {}

  /** Why a request is refused. */
  record Complaint(int status, String message) {}

  /**
   * A streamed answer as it goes over the wire.
   *
   * @param opening before the model has said anything; may be empty
   * @param pieces what it says, bit by bit
   * @param closing without it the answer is not whole
   */
  record Told(String opening, List<String> pieces, String closing) {}
}
