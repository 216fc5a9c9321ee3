package dev.flotilla.pipelines.loading;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.flotilla.catalog.Money;
import dev.flotilla.pipelines.definition.Action;
import dev.flotilla.pipelines.definition.Node;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.definition.Step;
import dev.flotilla.pipelines.expression.Expression;
import dev.flotilla.pipelines.schema.BadSchema;
import dev.flotilla.pipelines.schema.JsonSchema;
import dev.flotilla.pipelines.value.Kind;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes pipelines of files. Thread-safe. */
public final class PipelineLoader {
  private static final BigDecimal MOST_DOLLARS = BigDecimal.valueOf(1_000_000);

  private final Surroundings surroundings;

  public PipelineLoader(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** What it holds pipelines against. */
  public Surroundings surroundings() {
    return surroundings;
  }

  /**
   * Reads one file.
   *
   * @param file what it is called in messages
   * @param others pipelines it may call; one of its own name is passed over
   */
  public Loaded load(String file, String text, Collection<Pipeline> others) {
    return loadAll(Map.of(file, text), others).values().iterator().next();
  }

  /**
   * Reads files that may call each other's pipelines, and others.
   *
   * @param texts by what the files are called in messages
   * @param others those whose names are in the files are passed over
   * @return in the order of the names
   */
  public Map<String, Loaded> loadAll(Map<String, String> texts, Collection<Pipeline> others) {
    var drafts = new TreeMap<String, Draft>();
    texts.forEach((file, text) -> drafts.put(file, Draft.of(file, text)));
    var written = new HashSet<String>();
    drafts.values().forEach(draft -> draft.name().ifPresent(written::add));
    var known = new LinkedHashMap<String, Pipeline>();
    others.stream()
        .filter(other -> !written.contains(other.name()))
        .forEach(other -> known.put(other.name(), other));
    var names = new HashSet<>(written);
    names.addAll(known.keySet());
    // Once to know their inputs, and once more to hold calls against them.
    drafts
        .values()
        .forEach(
            draft -> {
              if (new Check(draft.again(), Map.of(), names).loaded()
                  instanceof Loaded.Good(Pipeline pipeline, _)) {
                known.putIfAbsent(pipeline.name(), pipeline);
              }
            });
    var loaded = new TreeMap<String, Loaded>();
    var firstOfName = new LinkedHashMap<String, String>();
    drafts.forEach(
        (file, draft) -> {
          draft
              .name()
              .ifPresent(
                  name -> {
                    String first = firstOfName.putIfAbsent(name, file);
                    if (first != null) {
                      draft
                          .findings()
                          .problem(
                              Place.ROOT.then("name"),
                              "is '" + name + "', as in " + first,
                              "give each pipeline a name of its own");
                    }
                  });
          Loaded one = new Check(draft, known, names).loaded();
          if (one instanceof Loaded.Good(Pipeline pipeline, List<Problem> warnings)) {
            List<Problem> circles = Circles.of(draft, pipeline.name(), known);
            one = circles.isEmpty() ? one : new Loaded.Bad(circles, warnings);
          }
          loaded.put(file, one);
        });
    return loaded;
  }

  /**
   * Reads the text of a pipeline that was good when it was read first, as a run does which has
   * begun with it. What an installation has by now does not matter.
   *
   * @throws IllegalArgumentException when it is no pipeline
   */
  public static Pipeline again(String source) {
    Draft draft = Draft.of("snapshot", source);
    var loader = new PipelineLoader(Surroundings.unknown());
    Pipeline pipeline =
        draft.understood() ? loader.new Check(draft, Map.of(), draft.called()).anyway() : null;
    if (pipeline == null) {
      throw new IllegalArgumentException(String.valueOf(draft.findings().problems()));
    }
    return pipeline;
  }

  /** Looks at one document. */
  private final class Check {
    private final Draft draft;
    private final Map<String, Pipeline> others;
    private final Set<String> otherNames;
    private final Findings findings;

    Check(Draft draft, Map<String, Pipeline> others, Set<String> otherNames) {
      this.draft = draft;
      this.others = others;
      this.otherNames = otherNames;
      this.findings = draft.findings();
    }

    Loaded loaded() {
      Pipeline pipeline = draft.root().isObject() ? pipeline(draft.root()) : null;
      return pipeline != null && findings.good()
          ? new Loaded.Good(pipeline, findings.warnings())
          : new Loaded.Bad(findings.problems(), findings.warnings());
    }

    /** The pipeline with whatever was found; null when it has no end. */
    @Nullable Pipeline anyway() {
      Pipeline pipeline = pipeline(draft.root());
      boolean ends =
          pipeline.result() != null
              || (!pipeline.nodes().isEmpty() && pipeline.nodes().getLast() instanceof Step);
      return ends ? pipeline : null;
    }

    private Pipeline pipeline(JsonNode root) {
      JsonNode inputSchema = root.path("input").path("schema");
      JsonSchema input = input(inputSchema);
      JsonNode budget = root.path("budget");
      JsonNode maxCost = budget.path("max_cost_usd");
      Duration timeout = PieceReader.duration(budget.path("timeout"));
      var uses = new UseCheck(findings, draft.ids());
      var check =
          new NodeCheck(findings, uses, surroundings, others, otherNames, maxCost.isNumber());
      NodeCheck.Walked walked =
          check.sequence(draft.pieces(), Scope.of(Map.of(Pipeline.INPUT, inputShape(inputSchema))));
      Expression result = draft.result();
      if (result != null) {
        uses.expression(
            result,
            Place.ROOT.then("result"),
            Scope.of(walked.outputs()).with(Pipeline.INPUT, inputShape(inputSchema)),
            Kind.ANY);
      }
      if (findings.good()) {
        ends(walked.nodes(), result != null);
      }
      var pipeline =
          new Pipeline(
              root.path("name").asText(),
              draft.version(),
              root.path("description").asText(""),
              inputSchema.isMissingNode() ? null : inputSchema,
              input,
              limit(maxCost),
              timeout,
              walked.nodes(),
              result,
              draft.text());
      if (findings.good()) {
        unused(pipeline, uses);
        patience(pipeline);
      }
      return pipeline;
    }

    /** Null when there is none, or none that makes sense. */
    private static @Nullable Long limit(JsonNode maxCost) {
      return maxCost.isNumber() && maxCost.decimalValue().abs().compareTo(MOST_DOLLARS) <= 0
          ? Long.valueOf(Money.nanosWithin(maxCost.decimalValue()))
          : null;
    }

    private @Nullable JsonSchema input(JsonNode schema) {
      if (schema.isMissingNode()) {
        return null;
      }
      Place place = Place.ROOT.then("input").then("schema");
      try {
        if (schema.has("type") && !schema.path("type").asText().equals("object")) {
          findings.problem(
              place,
              "admits an input that is no object",
              "write type: object, and the fields under properties");
        }
        return JsonSchema.strict(schema);
      } catch (BadSchema e) {
        findings.problem(place, String.valueOf(e.getMessage()), e.suggestion());
        return null;
      }
    }

    private Shape inputShape(JsonNode schema) {
      return schema.isObject()
          ? Shape.of(schema, Shape.Origin.CALLER)
          : Shape.of(
              schema instanceof BooleanNode
                  ? schema
                  : JsonNodeFactory.instance.objectNode().put("type", "object"),
              Shape.Origin.CALLER);
    }

    /** Without a result, what comes out must be clear. */
    private void ends(List<Node> nodes, boolean hasResult) {
      if (!hasResult && !(nodes.getLast() instanceof Step)) {
        findings.problem(
            Place.ROOT,
            "says nothing about its result, and ends with more than one step",
            "write result: and an expression over the steps");
      }
    }

    /** What costs money and nobody looks at. */
    private void unused(Pipeline pipeline, UseCheck uses) {
      Node last = pipeline.nodes().getLast();
      for (Step step : pipeline.steps()) {
        boolean result = pipeline.result() == null && step.equals(last);
        boolean paid =
            step.action() instanceof Action.ModelCall || step.action() instanceof Action.Review;
        if (paid && !result && !uses.named(step.id())) {
          findings.warning(
              draft.place(step.id()),
              "is paid for, and nothing uses what it puts out",
              "name it in a later step or in result, or remove it");
        }
      }
    }

    /** Who waits for people longer than a run may take waits for nothing. */
    private void patience(Pipeline pipeline) {
      Duration most = pipeline.timeout();
      for (Step step : pipeline.steps()) {
        if (most != null
            && step.action() instanceof Action.Human human
            && human.timeout().compareTo(most) > 0) {
          findings.warning(
              draft.place(step.id()).then("human"),
              "waits longer for a person than a run may take",
              "write a longer budget.timeout or a shorter human.timeout");
        }
      }
    }
  }
}
