package dev.flotilla.router.pipeline.interpreter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.pipelines.definition.Output;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.definition.Rule;
import dev.flotilla.pipelines.definition.Step;
import dev.flotilla.pipelines.expression.EvaluationFailed;
import dev.flotilla.pipelines.template.RenderFailed;
import dev.flotilla.pipelines.value.Plain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns an answer into a step's output and says what is wrong with it. Thread-safe. */
final class Judge {
  /**
   * What an answer is worth.
   *
   * @param output null when it is no output at all
   * @param broken what does not hold; empty when it is as it must be
   */
  record Verdict(@Nullable JsonNode output, List<String> broken) {
    boolean good() {
      return output != null && broken.isEmpty();
    }
  }

  Verdict ofText(String answer, Step step, Map<String, @Nullable Object> scope) {
    if (step.output() instanceof Output.Text) {
      return of(TextNode.valueOf(answer), step, scope);
    }
    try {
      return of(Json.parse(unfenced(answer)), step, scope);
    } catch (NotJson e) {
      return new Verdict(
          null, List.of("the answer is no JSON: " + e.getMessage() + "; answer with JSON only"));
    }
  }

  Verdict of(JsonNode output, Step step, Map<String, @Nullable Object> scope) {
    var broken = new ArrayList<String>();
    if (step.output() instanceof Output.Schema(var schema, var check)) {
      check.violations(output).stream().map(String::valueOf).forEach(broken::add);
    }
    if (broken.isEmpty() && !step.validate().isEmpty()) {
      var seen = new HashMap<String, @Nullable Object>(scope);
      seen.put(Pipeline.OUTPUT, Plain.of(output));
      broken.addAll(broken(step.validate(), seen));
    }
    return new Verdict(output, List.copyOf(broken));
  }

  /** What to say about each rule that does not hold; one that has no value does not. */
  static List<String> broken(List<Rule> rules, Map<String, @Nullable Object> scope) {
    var broken = new ArrayList<String>();
    for (Rule rule : rules) {
      String why = null;
      try {
        if (!rule.rule().holds(scope)) {
          why = rule.rule().source() + " does not hold";
        }
      } catch (EvaluationFailed e) {
        why = String.valueOf(e.getMessage());
      }
      if (why != null) {
        broken.add(said(rule, scope, why));
      }
    }
    return List.copyOf(broken);
  }

  private static String said(Rule rule, Map<String, @Nullable Object> scope, String otherwise) {
    try {
      return rule.message() == null ? otherwise : rule.message().render(scope);
    } catch (RenderFailed e) {
      return rule.message().source();
    }
  }

  /** Models like to put JSON between the fences of a code block, whatever they are told. */
  private static String unfenced(String answer) {
    String text = answer.strip();
    if (!text.startsWith("```") || !text.endsWith("```") || text.length() < 7) {
      return text;
    }
    int line = text.indexOf('\n');
    return line < 0 ? text : text.substring(line + 1, text.length() - 3).strip();
  }
}
