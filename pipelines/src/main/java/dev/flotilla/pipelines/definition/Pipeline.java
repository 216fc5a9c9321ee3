package dev.flotilla.pipelines.definition;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.pipelines.expression.Expression;
import dev.flotilla.pipelines.schema.JsonSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline: work in the order in which it is listed.
 *
 * @param version {@code sha256:} and the hash of what the file says, whatever its comments and
 *     layout
 * @param description empty when there is none
 * @param inputSchema JSON Schema of the input; null admits any object
 * @param input judges by {@code inputSchema}; null with it
 * @param maxCostNanos most a run may cost, in nano-dollars; null when nothing limits it
 * @param timeout most time a run may take, waiting for people included; null when nothing limits it
 * @param nodes at least one
 * @param result null for the output of the last node, which then is a step
 * @param source the file's text, from which the same pipeline can be read again
 */
public record Pipeline(
    String name,
    String version,
    String description,
    @Nullable JsonNode inputSchema,
    @Nullable JsonSchema input,
    @Nullable Long maxCostNanos,
    @Nullable Duration timeout,
    List<Node> nodes,
    @Nullable Expression result,
    String source) {
  /** What the input is called in expressions and templates. */
  public static final String INPUT = "input";

  /** What a step's own output is called in the rules it must satisfy. */
  public static final String OUTPUT = "output";

  public Pipeline {
    nodes = List.copyOf(nodes);
  }

  /** All steps, also those inside others, in the order of the file. */
  public List<Step> steps() {
    var steps = new ArrayList<Step>();
    collect(nodes, steps);
    return List.copyOf(steps);
  }

  /** A step by its id. */
  public Optional<Step> step(String id) {
    return steps().stream().filter(step -> step.id().equals(id)).findFirst();
  }

  private static void collect(List<Node> nodes, List<Step> into) {
    for (Node node : nodes) {
      switch (node) {
        case Node.Parallel(List<Node> inside) -> collect(inside, into);
        case Node.Switch(List<Branch> branches) ->
            branches.forEach(branch -> collect(branch.nodes(), into));
        case Step step -> into.add(step);
      }
    }
  }
}
