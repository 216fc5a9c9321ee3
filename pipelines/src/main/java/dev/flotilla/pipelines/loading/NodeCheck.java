package dev.flotilla.pipelines.loading;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flotilla.catalog.Nearness;
import dev.flotilla.pipelines.definition.Action;
import dev.flotilla.pipelines.definition.Branch;
import dev.flotilla.pipelines.definition.Content;
import dev.flotilla.pipelines.definition.Each;
import dev.flotilla.pipelines.definition.Message;
import dev.flotilla.pipelines.definition.Node;
import dev.flotilla.pipelines.definition.OnError;
import dev.flotilla.pipelines.definition.Output;
import dev.flotilla.pipelines.definition.Part;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.definition.Rule;
import dev.flotilla.pipelines.definition.Step;
import dev.flotilla.pipelines.expression.Expression;
import dev.flotilla.pipelines.expression.Use;
import dev.flotilla.pipelines.value.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Walks through a pipeline as a run would, and looks at what each step can see. */
final class NodeCheck {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final JsonNode CLASSIFIED =
      json(
          """
          {"type": "object", "required": ["task_type", "score", "intent", "confidence"],
           "properties": {"task_type": {"enum": ["complex", "standard", "structured", "bulk"]},
             "score": {"type": "integer"}, "intent": {"type": "string"},
             "confidence": {"type": "number"}}}
          """);
  private static final JsonNode DECIDED =
      json(
          """
          {"type": "object", "required": ["decision", "comment", "by"],
           "properties": {"decision": {"type": "string", "enum": ["a word of the file"]},
             "comment": {"type": ["string", "null"]}, "by": {"type": ["string", "null"]}}}
          """);
  private static final JsonNode REVIEWED =
      json(
          """
          {"type": "object", "required": ["decision", "artifact", "rounds", "score", "reasons"],
           "properties": {"decision": {"enum": ["approve", "request_changes", "reject"]},
             "artifact": true, "rounds": {"type": "integer"}, "score": {"type": ["number", "null"]},
             "reasons": {"type": "array", "items": {"type": "string"}}}}
          """);

  private final Findings findings;
  private final UseCheck uses;
  private final ModelCheck models;
  private final Surroundings surroundings;
  private final Function<String, @Nullable Pipeline> others;
  private final Set<String> otherNames;
  private final boolean budgeted;
  private final Map<String, String> conditions = new HashMap<>();
  private final Map<String, Step> seen = new LinkedHashMap<>();
  private @Nullable String streams;

  /**
   * @param others pipelines that can be called, by name
   * @param budgeted whether something else limits what a run may cost
   */
  NodeCheck(
      Findings findings,
      UseCheck uses,
      Surroundings surroundings,
      Map<String, Pipeline> others,
      Set<String> otherNames,
      boolean budgeted) {
    this.findings = findings;
    this.uses = uses;
    this.surroundings = surroundings;
    this.models = new ModelCheck(findings, surroundings);
    this.others = others::get;
    this.otherNames = otherNames;
    this.budgeted = budgeted;
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What a walk through some nodes came to.
   *
   * @param nodes as a run needs them; some are missing when there were problems
   * @param outputs what they add to what can be named
   */
  record Walked(List<Node> nodes, Map<String, Shape> outputs) {}

  Walked sequence(List<Piece> pieces, Scope before) {
    var nodes = new ArrayList<Node>();
    var outputs = new LinkedHashMap<String, Shape>();
    Scope scope = before;
    for (Piece piece : pieces) {
      Walked walked = piece(piece, scope);
      nodes.addAll(walked.nodes());
      outputs.putAll(walked.outputs());
      scope = scope.with(walked.outputs());
    }
    return new Walked(nodes, outputs);
  }

  private Walked piece(Piece piece, Scope scope) {
    return switch (piece) {
      case Piece.Single single -> single(single, scope);
      case Piece.Parallel(List<Piece> pieces) -> parallel(pieces, scope);
      case Piece.Switch(List<Piece.Branch> branches) -> choice(branches, scope);
    };
  }

  private Walked parallel(List<Piece> pieces, Scope scope) {
    var nodes = new ArrayList<Node>();
    var outputs = new LinkedHashMap<String, Shape>();
    for (int i = 0; i < pieces.size(); i++) {
      var beside = new HashSet<String>();
      without(pieces, i).forEach(other -> collect(other, beside));
      Walked walked = piece(pieces.get(i), scope.beside(beside));
      nodes.addAll(walked.nodes());
      outputs.putAll(walked.outputs());
    }
    return new Walked(List.of(new Node.Parallel(nodes)), outputs);
  }

  private Walked choice(List<Piece.Branch> branches, Scope scope) {
    var taken = new ArrayList<Branch>();
    var outputs = new LinkedHashMap<String, Shape>();
    boolean decided = false;
    for (int i = 0; i < branches.size(); i++) {
      Piece.Branch branch = branches.get(i);
      if (decided) {
        findings.problem(
            branch.place(),
            "is never taken, because a branch before it always is",
            "move the branch without when to the end, and keep one of them");
      }
      Scope inside = scope;
      if (branch.when() != null) {
        uses.expression(branch.when(), branch.place().then("when"), scope, Kind.TRUTH);
        decided |= constant(branch.when(), branch.place().then("when"));
        inside = inside.sure(sure(branch.when()));
      }
      decided |= branch.always();
      var elsewhere = new HashSet<String>();
      without(branches, i)
          .forEach(other -> other.pieces().forEach(piece -> collect(piece, elsewhere)));
      Walked walked = sequence(branch.pieces(), inside.elsewhere(elsewhere));
      taken.add(new Branch(branch.when(), walked.nodes()));
      walked
          .outputs()
          .forEach(
              (id, shape) ->
                  outputs.put(
                      id,
                      shape.mayBeNull() != null
                          ? shape
                          : shape.orNull("another branch of its switch may be taken")));
    }
    return new Walked(List.of(new Node.Switch(taken)), outputs);
  }

  private static <T> List<T> without(List<T> all, int index) {
    var others = new ArrayList<>(all);
    others.remove(index);
    return others;
  }

  private static void collect(Piece piece, Set<String> into) {
    switch (piece) {
      case Piece.Single single -> into.add(single.id());
      case Piece.Parallel(List<Piece> pieces) -> pieces.forEach(inner -> collect(inner, into));
      case Piece.Switch(List<Piece.Branch> branches) ->
          branches.forEach(branch -> branch.pieces().forEach(inner -> collect(inner, into)));
    }
  }

  /** Says so when a condition never holds; true when it always does. */
  private boolean constant(Expression when, Place place) {
    Object value = UseCheck.constant(when).orElse(null);
    if (Boolean.FALSE.equals(value)) {
      findings.problem(
          place,
          "never holds, so this is never reached",
          "write a condition, or remove what it guards");
    } else if (Boolean.TRUE.equals(value)) {
      findings.warning(place, "always holds", "leave when out");
    }
    return Boolean.TRUE.equals(value);
  }

  /** What cannot be null once a condition has been found to hold. */
  private Set<String> sure(Expression when) {
    var sure = new HashSet<String>();
    for (Use use : when.uses()) {
      sure.add(use.path().toString());
    }
    conditions.forEach(
        (id, condition) -> {
          if (condition.equals(when.source())) {
            sure.add(id);
          }
        });
    return sure;
  }

  private Walked single(Piece.Single single, Scope before) {
    Step step = single.step();
    if (step == null) {
      return new Walked(
          List.of(),
          single.id().isEmpty() ? Map.of() : Map.of(single.id(), Shape.any(Shape.Origin.PIPELINE)));
    }
    Place place = single.place();
    Scope scope = before;
    if (step.when() != null) {
      uses.expression(step.when(), place.then("when"), scope, Kind.TRUTH);
      constant(step.when(), place.then("when"));
      scope = scope.sure(sure(step.when()));
    }
    Each each = step.each();
    Integer most = null;
    if (each != null) {
      Shape list = uses.expression(each.list(), place.then("foreach"), scope, Kind.LIST);
      most = each.maxItems() == null ? longest(each.list(), list) : each.maxItems();
      scope = scope.with(each.as(), items(list));
      each(step, each, most, place);
    }
    Shape shape = action(step, place, scope);
    rules(step.validate(), place.then("validate"), scope.with(Pipeline.OUTPUT, shape));
    reactions(step, place);
    return new Walked(
        List.of(each == null ? step : bounded(step, each, most)),
        Map.of(step.id(), seenAfter(step, shape, most)));
  }

  private static Shape items(Shape list) {
    return list.item() instanceof Shape.Found.There(Shape item, _)
        ? item
        : Shape.any(list.origin());
  }

  private static @Nullable Integer longest(Expression list, Shape shape) {
    return UseCheck.constant(list).orElse(null) instanceof List<?> items
        ? Integer.valueOf(items.size())
        : shape.longest();
  }

  private void each(Step step, Each each, @Nullable Integer most, Place place) {
    if (uses.isStep(each.as())) {
      findings.problem(
          place.then("as"),
          "calls an item '" + each.as() + "', which is a step",
          "write another name, e.g. as: one_" + each.as());
    }
    if (most == null && !budgeted && mayCost(step.action())) {
      findings.problem(
          place.then("foreach"),
          "is repeated over a list of any length, so nobody knows what a run may cost",
          "write max_items: 20 beside it, maxItems into the list's schema, or budget: {max_cost_usd: 1}");
    }
  }

  private static boolean mayCost(Action action) {
    return action instanceof Action.ModelCall
        || action instanceof Action.Review
        || action instanceof Action.SubPipeline;
  }

  private static Step bounded(Step step, Each each, @Nullable Integer most) {
    return new Step(
        step.id(),
        step.index(),
        step.description(),
        step.when(),
        new Each(each.list(), each.as(), each.concurrency(), most),
        step.action(),
        step.output(),
        step.validate(),
        step.onInvalid(),
        step.onError(),
        step.timeout(),
        step.maxAttempts(),
        step.onUnknown());
  }

  /** What others see of a step's output. */
  private Shape seenAfter(Step step, Shape one, @Nullable Integer most) {
    seen.put(step.id(), step);
    boolean skips = step.onError() == OnError.SKIP;
    Shape shape = one;
    if (step.each() != null) {
      shape =
          Shape.listOf(
              skips ? one.orNull("an item that failed is skipped") : one, most, one.origin());
    } else if (skips) {
      shape = shape.orNull("step '" + step.id() + "' is skipped when it fails");
    }
    if (step.when() != null) {
      conditions.put(step.id(), step.when().source());
      shape =
          shape.orNull(
              "step '" + step.id() + "' is skipped unless " + step.when().source().strip());
    }
    return shape;
  }

  private void rules(List<Rule> rules, Place place, Scope scope) {
    for (int i = 0; i < rules.size(); i++) {
      Rule rule = rules.get(i);
      Place at = place.then(i);
      uses.expression(rule.rule(), at.then("rule"), scope, Kind.TRUTH);
      if (Boolean.FALSE.equals(UseCheck.constant(rule.rule()).orElse(null))) {
        findings.problem(
            at.then("rule"), "never holds", "write what must be true, e.g. size(output) > 0");
      }
      if (rule.message() != null) {
        uses.template(rule.message(), at.then("message"), scope, UseCheck.Goal.OTHER);
      }
    }
  }

  private void reactions(Step step, Place place) {
    boolean asksModel = step.action() instanceof Action.ModelCall;
    switch (step.onInvalid()) {
      case NEXT, ESCALATE -> {
        if (!asksModel) {
          findings.problem(
              place.then("on_invalid"),
              "wants another model, and this step asks none",
              "write retry or fail");
        } else {
          models.reaction(step, place);
        }
      }
      case RETRY, FAIL -> {}
    }
    if (step.onError() == OnError.NEXT && !asksModel) {
      findings.problem(
          place.then("on_error"),
          "wants another model, and this step asks none",
          "write fail or skip");
    }
  }

  private Shape action(Step step, Place place, Scope scope) {
    return switch (step.action()) {
      case Action.ModelCall call -> {
        modelCall(step, call, place, scope);
        yield output(step.output(), Shape.Origin.MODEL);
      }
      case Action.HttpCall call -> {
        httpCall(call, place.then("http"), scope);
        yield output(step.output(), Shape.Origin.SERVER);
      }
      case Action.Check(List<Rule> rules) -> {
        rules(rules, place.then("check"), scope);
        yield Shape.ofKind(Kind.TRUTH, Shape.Origin.PIPELINE);
      }
      case Action.Classify(Expression text) -> {
        uses.expression(text, place.then("classify"), scope, Kind.TEXT);
        yield Shape.of(CLASSIFIED, Shape.Origin.MODEL);
      }
      case Action.Value(Expression expression) ->
          uses.expression(expression, place.then("value"), scope, Kind.ANY);
      case Action.Human human -> {
        human(human, place.then("human"), scope);
        yield Shape.of(DECIDED, Shape.Origin.PERSON);
      }
      case Action.Review review -> {
        review(review, place.then("review"), scope);
        yield Shape.of(REVIEWED, Shape.Origin.MODEL);
      }
      case Action.SubPipeline call -> {
        subPipeline(call, place, scope);
        yield Shape.any(Shape.Origin.MODEL);
      }
    };
  }

  private static Shape output(Output output, Shape.Origin origin) {
    return switch (output) {
      case Output.Text() -> Shape.ofKind(Kind.TEXT, origin);
      case Output.Json() -> Shape.any(origin);
      case Output.Schema(JsonNode schema, _) -> Shape.of(schema, origin);
    };
  }

  private void modelCall(Step step, Action.ModelCall call, Place place, Scope scope) {
    models.target(call, place);
    if (call.system() != null) {
      uses.template(call.system(), place.then("system"), scope, UseCheck.Goal.PROMPT);
    }
    for (int i = 0; i < call.messages().size(); i++) {
      message(call.messages().get(i), i, place, scope);
    }
    if (call.stream()) {
      streaming(step, place.then("stream"));
    }
  }

  private void message(Message message, int index, Place place, Scope scope) {
    Place content = place.then("messages").then(index).then("content");
    boolean single = message.parts().size() == 1;
    for (int i = 0; i < message.parts().size(); i++) {
      switch (message.parts().get(i)) {
        case Part.Text(var text) ->
            uses.template(
                text,
                single ? promptOr(place, content) : content.then(i).then("text"),
                scope,
                UseCheck.Goal.PROMPT);
        case Part.Image(var url) ->
            uses.template(url, content.then(i).then("image"), scope, UseCheck.Goal.OTHER);
        case Part.Audio(var data, _) ->
            uses.template(data, content.then(i).then("audio"), scope, UseCheck.Goal.OTHER);
        case Part.File(var data, var name) -> {
          uses.template(data, content.then(i).then("file"), scope, UseCheck.Goal.OTHER);
          if (name != null) {
            uses.template(name, content.then(i).then("name"), scope, UseCheck.Goal.OTHER);
          }
        }
      }
    }
  }

  private Place promptOr(Place step, Place content) {
    return findings.has(step.then("prompt"))
        ? step.then("prompt")
        : findings.has(content.then(0)) ? content.then(0).then("text") : content;
  }

  private void streaming(Step step, Place place) {
    if (step.each() != null) {
      findings.problem(
          place, "streams items that are made at the same time", "leave stream or foreach out");
    } else if (streams != null) {
      findings.problem(
          place,
          "streams as step '" + streams + "' does, and a caller can follow one only",
          "keep it on the step whose text the caller waits for");
    } else {
      streams = step.id();
    }
  }

  private void httpCall(Action.HttpCall call, Place place, Scope scope) {
    Set<String> connections = surroundings.connections();
    if (connections != null && !connections.contains(call.connection())) {
      findings.problem(
          place.then("connection"),
          "names '" + call.connection() + "', which connections.yaml does not have",
          near(call.connection(), connections, "add it there, with its address"));
    }
    uses.template(call.path(), place.then("path"), scope, UseCheck.Goal.ADDRESS);
    call.query()
        .forEach(
            (name, value) ->
                uses.template(value, place.then("query").then(name), scope, UseCheck.Goal.OTHER));
    if (call.body() != null) {
      content(call.body(), place.then("body"), scope);
    }
  }

  private static String near(String wrong, Set<String> names, String otherwise) {
    return Nearness.meant(wrong, names)
        .map(meant -> "did you mean '" + meant + "'?")
        .orElse(
            names.isEmpty()
                ? otherwise
                : "known are " + String.join(", ", names.stream().sorted().toList()));
  }

  private void content(Content content, Place place, Scope scope) {
    switch (content) {
      case Content.Fixed _ -> {}
      case Content.Text(var template) -> uses.template(template, place, scope, UseCheck.Goal.OTHER);
      case Content.Computed(Expression expression) ->
          uses.expression(expression, place.then(Content.COMPUTED), scope, Kind.ANY);
      case Content.Items(List<Content> items) -> {
        for (int i = 0; i < items.size(); i++) {
          content(items.get(i), place.then(i), scope);
        }
      }
      case Content.Fields(Map<String, Content> fields) ->
          fields.forEach((name, value) -> content(value, place.then(name), scope));
    }
  }

  private void human(Action.Human human, Place place, Scope scope) {
    uses.template(human.title(), place.then("title"), scope, UseCheck.Goal.OTHER);
    for (int i = 0; i < human.show().size(); i++) {
      String name = human.show().get(i);
      uses.uses(name);
      if (scope.get(name) == null) {
        findings.problem(
            place.then("show").then(i),
            "shows '" + name + "', which is neither the input nor an earlier step",
            near(name, scope.known().keySet(), ""));
      }
    }
  }

  private void review(Action.Review review, Place place, Scope scope) {
    uses.expression(review.artifact(), place.then("artifact"), scope, Kind.ANY);
    if (review.plan() != null) {
      uses.expression(review.plan(), place.then("plan"), scope, Kind.ANY);
    }
    if (review.risk() != null) {
      uses.expression(review.risk(), place.then("risk"), scope, Kind.TEXT);
    }
    for (int i = 0; i < review.verify().size(); i++) {
      Place files = place.then("verify").then(i).then("files");
      review
          .verify()
          .get(i)
          .files()
          .forEach((name, content) -> uses.expression(content, files.then(name), scope, Kind.TEXT));
    }
    revision(review, place, scope);
    Map<String, ReviewPolicy> policies = surroundings.policies();
    if (policies == null) {
      return;
    }
    ReviewPolicy policy = policies.get(review.policy());
    if (policy == null) {
      findings.problem(
          place.then("policy"),
          "names '" + review.policy() + "', which review-policies/ does not have",
          near(review.policy(), policies.keySet(), "add " + review.policy() + ".yaml there"));
    } else {
      for (String name : review.artifact().names()) {
        Step author = seen.get(name);
        if (author != null && author.action() instanceof Action.ModelCall call) {
          models.reviewers(author, call, review.policy(), policy, place.then("policy"));
        }
      }
    }
  }

  private void revision(Action.Review review, Place place, Scope scope) {
    String revise = review.revise();
    if (revise == null) {
      if (review.maxRounds() > 1) {
        findings.problem(
            place.then("max_rounds"),
            "is " + review.maxRounds() + ", but nobody revises the artifact between the rounds",
            "write revise: and the step that makes it, or leave max_rounds out");
      }
      return;
    }
    uses.uses(revise);
    Step step = seen.get(revise);
    if (step == null || scope.get(revise) == null) {
      findings.problem(
          place.then("revise"),
          "names '" + revise + "', which is no earlier step",
          near(revise, seen.keySet(), ""));
    } else if (!(step.action() instanceof Action.ModelCall) || step.each() != null) {
      findings.problem(
          place.then("revise"),
          "names '" + revise + "', which cannot be asked to change one artifact",
          "name a step with prompt or messages and without foreach");
    } else if (!review.artifact().names().contains(revise)) {
      findings.problem(
          place.then("revise"),
          "names '" + revise + "', which is no part of the artifact",
          "write artifact: " + revise);
    }
  }

  private void subPipeline(Action.SubPipeline call, Place place, Scope scope) {
    call.with()
        .forEach(
            (name, value) ->
                uses.expression(value, place.then("with").then(name), scope, Kind.ANY));
    if (!otherNames.contains(call.pipeline())) {
      findings.problem(
          place.then("pipeline"),
          "names '" + call.pipeline() + "', which is no pipeline here",
          near(call.pipeline(), otherNames, "add " + call.pipeline() + ".yaml"));
      return;
    }
    Pipeline other = others.apply(call.pipeline());
    if (other == null || other.inputSchema() == null) {
      return;
    }
    Shape input = Shape.of(other.inputSchema(), Shape.Origin.CALLER);
    call.with()
        .keySet()
        .forEach(
            name -> {
              if (input.field(name) instanceof Shape.Found.NoSuchField(List<String> fields)) {
                findings.problem(
                    place.then("with").then(name),
                    "gives '"
                        + name
                        + "', which the input of '"
                        + call.pipeline()
                        + "' does not have",
                    near(name, Set.copyOf(fields), ""));
              }
            });
    for (JsonNode required : other.inputSchema().path("required")) {
      if (!call.with().containsKey(required.asText())) {
        findings.problem(
            place.then("pipeline"),
            "does not give '" + required.asText() + "', which '" + call.pipeline() + "' needs",
            "write with: {" + required.asText() + ": …}");
      }
    }
  }
}
