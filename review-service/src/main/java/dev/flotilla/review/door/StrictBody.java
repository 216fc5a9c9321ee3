package dev.flotilla.review.door;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import java.util.Set;

/** A body that says nothing that is not understood. */
public final class StrictBody {
  private StrictBody() {}

  /**
   * The object.
   *
   * @param fields it may have
   * @throws ProblemException when it is none, or has another field
   */
  public static ObjectNode read(byte[] bytes, Set<String> fields) {
    ObjectNode body;
    try {
      body = Json.parseObject(bytes);
    } catch (NotJson e) {
      throw new ProblemException(
          Problem.invalid(
              "invalid_json", "The body is not a JSON object: " + e.getMessage() + ".", null));
    }
    for (var field : body.properties()) {
      if (!fields.contains(field.getKey())) {
        throw new ProblemException(
            Problem.invalid(
                "unsupported_parameter",
                field.getKey() + " is not understood here; leave it out. Known are " + fields + ".",
                field.getKey()));
      }
    }
    return body;
  }
}
