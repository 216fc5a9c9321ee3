package dev.flotilla.pipelines.definition;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.pipelines.expression.Expression;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A check of a review's artifact that no vote can overrule.
 *
 * @param asked what review-service is told: the check's name, and parameters that stay the same
 * @param files what the check is given beside the artifact, such as tests, by name; empty when it
 *     is given nothing
 */
public record Verifying(ObjectNode asked, Map<String, Expression> files) {
  public Verifying {
    // In the order they are written: the same step must ask in the same words.
    files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
  }
}
