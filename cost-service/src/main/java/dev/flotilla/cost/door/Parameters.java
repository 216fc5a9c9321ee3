package dev.flotilla.cost.door;

import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import jakarta.ws.rs.core.UriInfo;
import java.util.LinkedHashMap;
import java.util.Map;

/** Parameters of a request's address, each there once. */
public final class Parameters {
  private Parameters() {}

  /**
   * As they came; {@link ProblemException} when one is there twice: of two filters one would be
   * left out, and the figures would look right.
   */
  public static Map<String, String> of(UriInfo asked) {
    Map<String, String> given = new LinkedHashMap<>();
    asked
        .getQueryParameters()
        .forEach(
            (name, values) -> {
              if (values.size() > 1) {
                throw new ProblemException(
                    Problem.invalid(
                        "repeated_parameter",
                        name + " is there more than once; write it once.",
                        name));
              }
              given.put(name, values.getFirst());
            });
    return given;
  }
}
