package dev.flotilla.pipelines.pricing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.catalog.Money;
import dev.flotilla.pipelines.definition.Action;
import dev.flotilla.pipelines.definition.Branch;
import dev.flotilla.pipelines.definition.Each;
import dev.flotilla.pipelines.definition.Escalation;
import dev.flotilla.pipelines.definition.Message;
import dev.flotilla.pipelines.definition.Node;
import dev.flotilla.pipelines.definition.OnInvalid;
import dev.flotilla.pipelines.definition.Output;
import dev.flotilla.pipelines.definition.Part;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.definition.Step;
import dev.flotilla.pipelines.definition.Target;
import dev.flotilla.pipelines.expression.EvaluationFailed;
import dev.flotilla.pipelines.expression.Expression;
import dev.flotilla.pipelines.loading.Candidates;
import dev.flotilla.pipelines.loading.ReviewPolicy;
import dev.flotilla.pipelines.loading.Surroundings;
import dev.flotilla.pipelines.template.DataBlock;
import dev.flotilla.pipelines.template.Template;
import dev.flotilla.pipelines.value.Path;
import dev.flotilla.pipelines.value.Plain;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Prices a run before it starts. The highest amount is a bound of everything a run may do: every
 * attempt of every item is made, every candidate is asked in each, reads the longest prompt and
 * writes as much as it may. Thread-safe.
 */
public final class DryRun {
  /**
   * Bytes of a token when what a model wrote is read by the next one. Prose has about four; what a
   * text of longer ones would cost more, a run does not spend, because each call is held to its
   * amount.
   */
  static final long BYTES_PER_TOKEN = 8;

  private static final long USUAL_BYTES_PER_TOKEN = 4;

  /** JSON around messages, names of parameters. */
  private static final long FRAME = 1_024;

  /** The share of its limit that an answer usually has. */
  private static final long USUAL_SHARE = 4;

  /** What is sent back with a retry: rules and where they were broken. */
  private static final long BROKEN_RULES = 8_192;

  /** Instructions around an artifact, and an opinion's schema. */
  private static final long REVIEW_FRAME = 16_384;

  private static final double CHANCE = 0.5;

  private final Surroundings surroundings;
  private final Catalog catalog;
  private final Function<String, Optional<Pipeline>> pipelines;

  /**
   * @param surroundings with a catalogue
   * @param pipelines that others call, by name
   */
  public DryRun(Surroundings surroundings, Function<String, Optional<Pipeline>> pipelines) {
    if (surroundings.catalog() == null) {
      throw new IllegalArgumentException("nothing can be priced without a catalogue");
    }
    this.surroundings = surroundings;
    this.catalog = surroundings.catalog();
    this.pipelines = pipelines;
  }

  /**
   * Prices a run.
   *
   * @param input what the run will get; null when that is not known, which makes all of it wider
   * @param experience what steps cost in earlier runs on average, nano-dollars by the step's id
   */
  public Estimate price(
      Pipeline pipeline, @Nullable JsonNode input, Map<String, Long> experience, Instant now) {
    var pricing = new Pricing(pipeline, input, experience, now);
    Amounts total = pricing.nodes(pipeline.nodes());
    var assumptions = new ArrayList<String>();
    assumptions.add("An answer that is kept from before costs nothing, so the lowest is often 0.");
    assumptions.add(
        "At most: every attempt is made, each candidate is asked in it and writes as much as it may;"
            + " a token that is read again has "
            + BYTES_PER_TOKEN
            + " bytes.");
    if (input == null) {
      assumptions.add("The input is not known; it is as big as its schema admits.");
    }
    Long limit = pipeline.maxCostNanos();
    if (limit != null) {
      assumptions.add("A run ends at its budget of " + Money.plainUsd(limit) + " USD.");
      total = total.within(limit);
    }
    return new Estimate(
        pipeline.name(),
        pipeline.version(),
        catalog.version(),
        total,
        List.copyOf(pricing.estimates.values()),
        assumptions);
  }

  /** Prices one pipeline. */
  private final class Pricing {
    private final Pipeline pipeline;
    private final @Nullable JsonNode input;
    private final Map<String, Long> experience;
    private final Instant now;
    private final SizeBook most = new SizeBook(true);
    private final SizeBook usual = new SizeBook(false);
    private final Map<String, StepEstimate> estimates = new LinkedHashMap<>();

    /** Highest cost of one attempt of a step, for those who revise. */
    private final Map<String, Long> attempts = new HashMap<>();

    Pricing(
        Pipeline pipeline, @Nullable JsonNode input, Map<String, Long> experience, Instant now) {
      this.pipeline = pipeline;
      this.input = input;
      this.experience = experience;
      this.now = now;
      most.put(Pipeline.INPUT, input(SizeBook.ANY));
      usual.put(Pipeline.INPUT, input(2_000));
    }

    private SizeBook.Size input(long bytes) {
      return new SizeBook.Size(bytes, null, pipeline.inputSchema(), input);
    }

    Amounts nodes(List<Node> nodes) {
      Amounts sum = Amounts.NOTHING;
      for (Node node : nodes) {
        sum = sum.plus(node(node));
      }
      return sum;
    }

    private Amounts node(Node node) {
      return switch (node) {
        case Node.Parallel(List<Node> inside) -> nodes(inside);
        case Node.Switch(List<Branch> branches) -> branches(branches);
        case Step step -> {
          StepEstimate estimate = step(step);
          estimates.put(step.id(), estimate);
          yield estimate.cost();
        }
      };
    }

    /** One of them is taken, or none. */
    private Amounts branches(List<Branch> branches) {
      long lowest = branches.getLast().when() == null ? Long.MAX_VALUE : 0;
      long expected = 0;
      long highest = 0;
      for (Branch branch : branches) {
        Amounts cost = nodes(branch.nodes());
        lowest = Math.min(lowest, cost.lowest());
        expected = Amounts.sum(expected, cost.expected() / branches.size());
        highest = Math.max(highest, cost.highest());
      }
      return new Amounts(lowest, expected, highest);
    }

    private StepEstimate step(Step step) {
      var assumptions = new ArrayList<String>();
      SizeBook mostHere = most.copy();
      SizeBook usualHere = usual.copy();
      Each each = step.each();
      if (each != null) {
        mostHere.put(each.as(), items(each, most));
        usualHere.put(each.as(), items(each, usual));
      }
      Amounts one = action(step, mostHere, usualHere, assumptions);
      Amounts all = each == null ? one : repeated(one, each, assumptions);
      if (step.when() != null) {
        all = conditional(all, step.when(), assumptions);
      }
      sizes(step);
      Long known = experience.get(step.id());
      if (known == null) {
        return new StepEstimate(step.id(), all, false, assumptions);
      }
      return new StepEstimate(
          step.id(),
          new Amounts(all.lowest(), Math.min(known, all.highest()), all.highest()),
          true,
          assumptions);
    }

    private SizeBook.Size items(Each each, SizeBook book) {
      Object list = evaluated(each.list());
      if (list instanceof List<?> known) {
        long longest = 0;
        for (Object item : known) {
          longest = Math.max(longest, bytes(item));
        }
        return SizeBook.Size.of(longest);
      }
      return each.list().uses().size() == 1
          ? SizeBook.Size.of(book.bytes(each.list().uses().getFirst().path().then(Path.ITEM)))
          : book.unknown();
    }

    private static long bytes(@Nullable Object value) {
      return value instanceof String text
          ? text.getBytes(StandardCharsets.UTF_8).length
          : Plain.json(value).toString().getBytes(StandardCharsets.UTF_8).length;
    }

    /** The value of an expression over the input alone; null when it is not known. */
    private @Nullable Object evaluated(Expression expression) {
      if (!Set.of(Pipeline.INPUT).containsAll(expression.names())
          || (input == null && !expression.names().isEmpty())) {
        return null;
      }
      var scope = new HashMap<String, @Nullable Object>();
      scope.put(Pipeline.INPUT, Plain.of(input));
      try {
        return expression.eval(scope);
      } catch (EvaluationFailed e) {
        return null;
      }
    }

    private Amounts repeated(Amounts one, Each each, List<String> assumptions) {
      if (evaluated(each.list()) instanceof List<?> list) {
        assumptions.add("Repeated " + list.size() + " times, as the input says.");
        return one.times(list.size(), list.size(), list.size());
      }
      Integer limit = each.maxItems();
      if (limit == null) {
        assumptions.add("Repeated as often as the list is long; only the budget limits it.");
        return new Amounts(0, one.expected(), one.highest() == 0 ? 0 : Long.MAX_VALUE);
      }
      assumptions.add("Repeated at most " + limit + " times.");
      return one.times(0, Math.max(1, limit * CHANCE), limit);
    }

    private Amounts conditional(Amounts all, Expression when, List<String> assumptions) {
      Object holds = evaluated(when);
      if (Boolean.FALSE.equals(holds)) {
        assumptions.add("Skipped, as the input says.");
        return Amounts.NOTHING;
      }
      if (Boolean.TRUE.equals(holds)) {
        return all;
      }
      assumptions.add("Skipped in every second run, unless there is experience.");
      return all.perhaps(CHANCE);
    }

    private Amounts action(
        Step step, SizeBook mostHere, SizeBook usualHere, List<String> assumptions) {
      return switch (step.action()) {
        case Action.ModelCall call -> modelCall(step, call, mostHere, usualHere, assumptions);
        case Action.Review review -> review(review, mostHere, usualHere, assumptions);
        case Action.SubPipeline call -> subPipeline(call, assumptions);
        case Action.Check _, Action.Classify _, Action.HttpCall _, Action.Human _, Action.Value _ ->
            Amounts.NOTHING;
      };
    }

    private Amounts modelCall(
        Step step,
        Action.ModelCall call,
        SizeBook mostHere,
        SizeBook usualHere,
        List<String> assumptions) {
      boolean media =
          call.messages().stream()
              .flatMap(message -> message.parts().stream())
              .anyMatch(part -> !(part instanceof Part.Text));
      long request = Amounts.sum(FRAME + schemaBytes(step), prompt(call, mostHere));
      long feedback = call.maxTokens() * BYTES_PER_TOKEN + BROKEN_RULES;
      long highest = 0;
      for (int attempt = 0; attempt < step.maxAttempts(); attempt++) {
        long bytes = attempt == 0 ? request : Amounts.sum(request, feedback);
        long nanos =
            CallCeiling.nanos(candidates(step, call, attempt), bytes, media, call.maxTokens(), now);
        highest = Amounts.sum(highest, nanos);
        attempts.merge(step.id(), nanos, Math::max);
      }
      List<Model> first = candidates(step, call, 0);
      assumptions.add(
          "At most "
              + step.maxAttempts()
              + " attempts, each asking up to "
              + first.size()
              + " models for "
              + call.maxTokens()
              + " tokens.");
      if (first.isEmpty()) {
        assumptions.add("No enabled provider serves any of its models.");
        return Amounts.NOTHING;
      }
      long tokens = (FRAME + prompt(call, usualHere)) / USUAL_BYTES_PER_TOKEN;
      long expected =
          CallCeiling.nanos(
              first.getFirst(), tokens, media, Math.max(1, call.maxTokens() / USUAL_SHARE), now);
      long lowest =
          call.cache()
              ? 0
              : first.stream().mapToLong(model -> model.priceAt(now).least(1, 1)).min().orElse(0);
      return new Amounts(lowest, Math.min(expected, highest), highest);
    }

    /** Models of one attempt. */
    private List<Model> candidates(Step step, Action.ModelCall call, int attempt) {
      if (step.onInvalid() == OnInvalid.ESCALATE
          && call.target() instanceof Target.ByTaskType(String type, List<String> fallbacks)) {
        List<String> types = Escalation.from(type);
        String asked = types.get(Math.min(attempt, types.size() - 1));
        return Candidates.of(new Target.ByTaskType(asked, fallbacks), surroundings);
      }
      return Candidates.of(call.target(), surroundings);
    }

    private static long schemaBytes(Step step) {
      return step.output() instanceof Output.Schema(JsonNode schema, _)
          ? schema.toString().getBytes(StandardCharsets.UTF_8).length
          : 0;
    }

    private static long prompt(Action.ModelCall call, SizeBook sizes) {
      // Whoever runs it explains what blocks of data are.
      long bytes = DataBlock.EXPLANATION.length() * 2L;
      if (call.system() != null) {
        bytes = Amounts.sum(bytes, escaped(call.system().bytes(sizes), sizes));
      }
      for (Message message : call.messages()) {
        bytes = Amounts.sum(bytes, 64);
        for (Part part : message.parts()) {
          for (Template text : part.texts().toList()) {
            bytes = Amounts.sum(bytes, escaped(text.bytes(sizes), sizes));
          }
        }
      }
      return bytes;
    }

    /** In a request's JSON, line breaks and quotes have a backslash. */
    private static long escaped(long bytes, SizeBook sizes) {
      return sizes.atMost() ? Amounts.product(bytes, 2) : bytes;
    }

    private Amounts review(
        Action.Review review, SizeBook mostHere, SizeBook usualHere, List<String> assumptions) {
      Map<String, ReviewPolicy> policies = surroundings.policies();
      ReviewPolicy policy = policies == null ? null : policies.get(review.policy());
      int panel = policy == null ? 3 : policy.panelSize();
      List<Model> reviewers = catalog.models().stream().filter(model -> !model.embeds()).toList();
      // An opinion that cannot be read is asked for once more.
      long calls = 2L * panel * review.maxRounds();
      long read = Amounts.sum(REVIEW_FRAME, Amounts.product(2, read(review, mostHere)));
      long dearest =
          reviewers.stream()
              .mapToLong(
                  model -> CallCeiling.nanos(model, read, false, model.maxOutputTokens(), now))
              .max()
              .orElse(0);
      long highest = Amounts.product(dearest, calls);
      if (review.revise() != null) {
        long revision = attempts.getOrDefault(review.revise(), 0L);
        Step author = pipeline.step(review.revise()).orElseThrow();
        highest =
            Amounts.sum(
                highest,
                Amounts.product(revision, (review.maxRounds() - 1L) * author.maxAttempts()));
      }
      long usualTokens = (REVIEW_FRAME + read(review, usualHere)) / USUAL_BYTES_PER_TOKEN;
      long expected =
          reviewers.stream()
              .map(model -> CallCeiling.nanos(model, usualTokens, false, 500, now))
              .sorted(Comparator.reverseOrder())
              .skip(reviewers.size() / 2)
              .findFirst()
              .orElse(0L);
      assumptions.add(
          "At most "
              + review.maxRounds()
              + " rounds of "
              + panel
              + " reviewers, the dearest there are, each asked once more for an opinion that cannot"
              + " be read.");
      return new Amounts(0, Math.min(highest, Amounts.product(expected, panel)), highest);
    }

    private static long read(Action.Review review, SizeBook sizes) {
      long bytes = 0;
      var expressions = new ArrayList<Expression>(List.of(review.artifact()));
      if (review.plan() != null) {
        expressions.add(review.plan());
      }
      for (Expression expression : expressions) {
        for (String name : expression.names()) {
          bytes = Amounts.sum(bytes, sizes.bytes(Path.of(name)));
        }
      }
      return bytes;
    }

    private Amounts subPipeline(Action.SubPipeline call, List<String> assumptions) {
      Optional<Pipeline> other = pipelines.apply(call.pipeline());
      if (other.isEmpty()) {
        assumptions.add("There is no pipeline '" + call.pipeline() + "' to price.");
        return new Amounts(0, 0, Long.MAX_VALUE);
      }
      Amounts cost = price(other.get(), null, Map.of(), now).total();
      assumptions.add("What '" + call.pipeline() + "' costs with the biggest input it admits.");
      return cost;
    }

    /** Writes down how big a step's output is, for those after it. */
    private void sizes(Step step) {
      most.put(step.id(), size(step, most, BYTES_PER_TOKEN));
      usual.put(step.id(), size(step, usual, USUAL_BYTES_PER_TOKEN / USUAL_SHARE));
    }

    private SizeBook.Size size(Step step, SizeBook book, long perToken) {
      JsonNode schema =
          step.output() instanceof Output.Schema(JsonNode written, _) ? written : null;
      SizeBook.Size one =
          switch (step.action()) {
            case Action.ModelCall call ->
                new SizeBook.Size(call.maxTokens() * perToken, null, schema, null);
            case Action.HttpCall _ -> new SizeBook.Size(book.unknown().bytes(), null, schema, null);
            case Action.Check _ -> SizeBook.Size.of(5);
            case Action.Classify _ -> SizeBook.Size.of(300);
            case Action.Value(Expression expression) -> value(expression, book);
            case Action.Human _, Action.Review _, Action.SubPipeline _ -> book.unknown();
          };
      Each each = step.each();
      if (each == null) {
        return one;
      }
      Object list = evaluated(each.list());
      Long items =
          list instanceof List<?> known
              ? Long.valueOf(known.size())
              : each.maxItems() == null ? null : Long.valueOf(each.maxItems());
      return items == null
          ? book.unknown()
          : new SizeBook.Size(
              Amounts.product(items, Amounts.sum(one.bytes(), 3)), items, one.schema(), null);
    }

    private static SizeBook.Size value(Expression expression, SizeBook book) {
      return expression.uses().size() == 1
              && expression.uses().getFirst().path().toString().equals(expression.source().strip())
          ? SizeBook.Size.of(book.bytes(expression.uses().getFirst().path()))
          : book.unknown();
    }
  }
}
