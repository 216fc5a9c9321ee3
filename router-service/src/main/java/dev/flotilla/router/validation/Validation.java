package dev.flotilla.router.validation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.router.exchange.AskedChecks;
import dev.flotilla.router.exchange.ChatRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Knows what an answer must be: by its request's form, by policy, and by what was asked for.
 * Thread-safe.
 */
public final class Validation {
  /** Every word {@link BrokenRule#rule} can be. */
  public static final List<String> RULES =
      List.of(
          NonEmpty.RULE,
          Finished.RULE,
          JsonAnswer.JSON,
          CheckedSchema.RULE,
          ToolArguments.RULE,
          CelRule.RULE);

  private final Schemas schemas = new Schemas();
  private final Rules rules = new Rules();

  /**
   * What answers to this request must be.
   *
   * @param policy rules of its task type; empty when there are none
   * @throws BadCheck when the request's own schema or rule cannot be used
   */
  public Validators of(ChatRequest request, List<AskedChecks.Rule> policy) throws BadCheck {
    AskedChecks asked = request.hints().validate();
    boolean json = !request.responseFormat().equals("text");
    var validators = new ArrayList<Validator>();
    validators.add(new NonEmpty());
    validators.add(new Finished(json || (asked != null && asked.schema() != null)));
    if (json) {
      JsonNode schema = request.responseSchema();
      validators.add(
          new JsonAnswer(
              schema == null ? null : schemas.of(schema, "response_format.json_schema.schema")));
    }
    if (request.hasTools()) {
      validators.add(tools(request));
    }
    addRules(policy, "task_types.validators", validators);
    if (asked != null) {
      if (asked.schema() != null) {
        validators.add(new JsonAnswer(schemas.strict(asked.schema(), "route.validate.schema")));
      }
      addRules(asked.rules(), "route.validate.rules", validators);
    }
    return new Validators(validators, asked != null || !policy.isEmpty());
  }

  /**
   * Says whether rules can be used.
   *
   * @throws BadCheck naming the first that cannot
   */
  public void check(List<AskedChecks.Rule> written, String place) throws BadCheck {
    addRules(written, place, new ArrayList<>());
  }

  private void addRules(List<AskedChecks.Rule> written, String place, List<Validator> into)
      throws BadCheck {
    for (int i = 0; i < written.size(); i++) {
      into.add(rules.of(written.get(i), place + "[" + i + "]"));
    }
  }

  private ToolArguments tools(ChatRequest request) throws BadCheck {
    Map<String, JsonNode> functions = request.functions();
    var strict = new HashMap<String, CheckedSchema>();
    for (var function : functions.entrySet()) {
      JsonNode parameters = function.getValue().path("parameters");
      if (function.getValue().path("strict").asBoolean(false) && parameters.isObject()) {
        strict.put(
            function.getKey(),
            schemas.of(parameters, "tools." + function.getKey() + ".parameters"));
      }
    }
    return new ToolArguments(functions.keySet(), Map.copyOf(strict));
  }
}
