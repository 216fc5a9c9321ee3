package dev.flotilla.router.pipeline.interpreter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.f4b6a3.ulid.UlidCreator;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.pipelines.definition.Action;
import dev.flotilla.pipelines.definition.Action.ModelCall;
import dev.flotilla.pipelines.definition.Action.OnSplit;
import dev.flotilla.pipelines.definition.Action.Review;
import dev.flotilla.pipelines.definition.Message;
import dev.flotilla.pipelines.definition.Part;
import dev.flotilla.pipelines.definition.Step;
import dev.flotilla.pipelines.definition.Verifying;
import dev.flotilla.pipelines.template.BadTemplate;
import dev.flotilla.pipelines.template.Template;
import dev.flotilla.pipelines.value.Plain;
import dev.flotilla.router.exchange.Purpose;
import dev.flotilla.router.pipeline.journal.Attempt;
import dev.flotilla.router.pipeline.journal.AttemptState;
import dev.flotilla.router.pipeline.journal.Ended;
import dev.flotilla.router.pipeline.journal.NewAttempt;
import dev.flotilla.router.upstream.ReviewService;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Has an artifact judged by models that did not write it; when they want changes, has it made again
 * and judged again. Each round, and each new version, is written down by itself. Thread-safe.
 */
final class ReviewAction {
  private static final Duration USUAL_PATIENCE = Duration.ofMinutes(2);
  private static final Duration A_DAY = Duration.ofHours(24);

  private static final String OBJECTIONS = "objections";
  private static final String VERSION = "version";

  private final Actions actions;
  private final ReviewService service;
  private final People people;

  ReviewAction(Actions actions, ReviewService service, People people) {
    this.actions = actions;
    this.service = service;
    this.people = people;
  }

  /** The review's output; null when a part of it failed and may be tried again. */
  @Nullable JsonNode reviewed(Try attempt, Review review) {
    JsonNode artifact =
        Plain.json(Interpreter.evaluated(review.artifact(), attempt.scope(), attempt.key()));
    for (int round = 1; ; round++) {
      JsonNode verdict = round(attempt, review, artifact, round);
      if (verdict == null) {
        return null;
      }
      String decision = verdict.path("decision").asText("");
      if (decision.isEmpty()) {
        decision = split(attempt, review, artifact, verdict, round);
      }
      boolean again =
          decision.equals("request_changes")
              && round < review.maxRounds()
              && review.revise() != null;
      if (!again) {
        return settled(attempt, artifact, verdict, decision, round);
      }
      JsonNode revised = revised(attempt, review, artifact, verdict, round);
      if (revised == null) {
        return null;
      }
      artifact = revised;
    }
  }

  private static JsonNode settled(
      Try attempt, JsonNode artifact, JsonNode verdict, String decision, int rounds) {
    ObjectNode output = Json.object().put("decision", decision);
    output.set("artifact", artifact);
    output.put("rounds", rounds);
    output.set("score", verdict.path("aggregate").path("score"));
    output.set("reasons", verdict.path("aggregate").path("reasons"));
    NewAttempt fresh =
        new NewAttempt(
            attempt.key(),
            attempt.going().next(attempt.key()),
            attempt.path(),
            Interpreter.kind(attempt.step().action()),
            null,
            null);
    attempt.going().settle(fresh, Ended.done(output));
    return output;
  }

  /** A part of the review under a key of its own. */
  private static Try part(Try of, String name, int round) {
    String key = of.key() + "/" + name + "[" + round + "]";
    return new Try(
        of.going(),
        of.step(),
        key,
        of.path() + "/" + name,
        of.scope(),
        of.going().tries(key),
        "req_" + UlidCreator.getMonotonicUlid(),
        of.span());
  }

  private static void mayTryAgain(Try part) {
    List<Attempt> failed =
        part.before().stream()
            .filter(one -> one.round() == part.going().run().round())
            .filter(
                one -> one.state() == AttemptState.FAILED || one.state() == AttemptState.UNKNOWN)
            .toList();
    if (failed.isEmpty()) {
      return;
    }
    String error = failed.getLast().error();
    ObjectNode told =
        error == null
            ? Errors.of("unknown_outcome", "Whoever had it reviewed was lost.")
            : (ObjectNode) Recorded.object(error);
    if (failed.size() >= part.step().maxAttempts() || told.path("final").asBoolean(false)) {
      throw new Stop.Failed(told);
    }
  }

  private @Nullable JsonNode round(Try attempt, Review review, JsonNode artifact, int round) {
    Try part = part(attempt, "round", round);
    Optional<Attempt> known = attempt.going().settled(part.key());
    if (known.isPresent()) {
      return Recorded.object(String.valueOf(known.get().output()));
    }
    mayTryAgain(part);
    return actions.paid(part, Actions.fresh(part, null), () -> ask(part, review, artifact, round));
  }

  private Outcome ask(Try part, Review review, JsonNode artifact, int round) {
    Going going = part.going();
    Duration timeout = part.step().timeout();
    Deadline deadline = going.deadline(timeout == null ? USUAL_PATIENCE : timeout);
    ReviewService.Said said =
        service.post(
            "/v1/reviews",
            body(part, review, artifact, round, deadline),
            new ReviewService.Asking(
                going.caller().caller(),
                part.requestId(),
                Tracing.traceparent(part.span()),
                Purpose.step(going.run().pipeline(), going.run().id(), part.path()),
                part.idempotencyKey(),
                deadline));
    if (said.status() == 0) {
      return new Outcome.Unknown(Errors.of("review_failed", said.message()), List.of());
    }
    if (!said.good()) {
      return new Outcome.Failed(
          Errors.of(said.body().path("code").asText("review_failed"), said.message()),
          said.mayPass(),
          List.of());
    }
    ObjectNode verdict = said.body();
    return new Outcome.Done(verdict, null, calls(verdict));
  }

  private static ObjectNode body(
      Try part, Review review, JsonNode artifact, int round, Deadline deadline) {
    ObjectNode body = Json.object();
    body.putObject("artifact")
        .put("type", artifact.isTextual() ? "text" : "json")
        .put("content", artifact.isTextual() ? artifact.textValue() : Json.text(artifact));
    ArrayNode plan = body.putArray("plan");
    if (review.plan() != null) {
      criteria(Plain.json(Interpreter.evaluated(review.plan(), part.scope(), part.key())), plan);
    }
    if (plan.isEmpty()) {
      plan.add("It does what it is meant to do, and nothing in it is wrong.");
    }
    body.put("policy", review.policy());
    authors(part, review, round).forEach(body.putArray("author_models")::add);
    body.put("deadline", deadline.remaining().toMillis());
    if (!review.verify().isEmpty()) {
      review.verify().forEach(check -> body.withArray("verify").add(asked(check, part)));
    }
    if (review.risk() != null
        && Interpreter.evaluated(review.risk(), part.scope(), part.key()) instanceof String risk
        && !risk.equals("low")) {
      body.put("risk", risk);
    }
    return body;
  }

  private static ObjectNode asked(Verifying check, Try part) {
    ObjectNode asked = check.asked().deepCopy();
    check
        .files()
        .forEach(
            (name, content) -> {
              JsonNode text = Plain.json(Interpreter.evaluated(content, part.scope(), part.key()));
              asked
                  .withObject("/files")
                  .put(name, text.isTextual() ? text.textValue() : Json.text(text));
            });
    return asked;
  }

  /** A list of texts, an object with one, or anything else as it is. */
  private static void criteria(JsonNode plan, ArrayNode into) {
    JsonNode list = plan.isObject() ? plan.path("criteria") : plan;
    if (list.isArray()) {
      list.forEach(one -> into.add(one.isTextual() ? one.textValue() : Json.text(one)));
    } else if (plan.isTextual()) {
      into.add(plan.textValue());
    } else if (!plan.isNull()) {
      into.add(Json.text(plan));
    }
  }

  /** Whoever wrote what the artifact is made of, or a version of it. */
  private static List<String> authors(Try part, Review review, int round) {
    String reviewKey = part.key().substring(0, part.key().lastIndexOf("/round["));
    String prefix = reviewKey.substring(0, reviewKey.lastIndexOf('/') + 1);
    var keys = new ArrayList<String>();
    review.artifact().names().forEach(name -> keys.add(prefix + name));
    if (review.revise() != null) {
      keys.add(prefix + review.revise());
    }
    for (int i = 1; i < round; i++) {
      keys.add(reviewKey + "/revise[" + i + "]");
    }
    return ModelAction.authors(part.going(), keys);
  }

  /** What its reviewers cost is in the ledger under ids of their own; here it is one amount. */
  private static List<AttemptReport> calls(ObjectNode verdict) {
    JsonNode cost = verdict.path("usage").path("cost");
    if (!cost.isNumber() || verdict.path("id").asText("").isEmpty()) {
      return List.of();
    }
    BigDecimal nanos = cost.decimalValue().movePointRight(9);
    return List.of(
        new AttemptReport(
            verdict.path("id").asText(),
            "review",
            Outcomes.OK,
            null,
            verdict.path("duration_ms").asLong(0),
            nanos.longValue(),
            null));
  }

  /** Reviewers do not agree, or there were too few of them. */
  private String split(Try attempt, Review review, JsonNode artifact, JsonNode verdict, int round) {
    if (review.onSplit() != OnSplit.HUMAN) {
      return "reject";
    }
    Try part = part(attempt, "split", round);
    Optional<Attempt> known = attempt.going().settled(part.key());
    if (known.isPresent()) {
      return Recorded.object(String.valueOf(known.get().output())).path("decision").asText();
    }
    ObjectNode show = Json.object();
    show.set("artifact", artifact);
    show.set("review", verdict);
    NewAttempt fresh =
        new NewAttempt(part.key(), part.going().next(part.key()), part.path(), "human", null, null);
    ObjectNode decision =
        people.decided(
            part,
            fresh,
            new People.Question(
                "reviews",
                "Reviewers of "
                    + attempt.step().id()
                    + " in "
                    + attempt.going().run().pipeline()
                    + " do not agree",
                show,
                List.of("approve", "request_changes", "reject"),
                A_DAY,
                "reject"));
    part.going().end(fresh, Ended.done(decision));
    return decision.path("decision").asText();
  }

  /** The artifact made again by the step that made it, which is told what was objected to. */
  private @Nullable JsonNode revised(
      Try attempt, Review review, JsonNode artifact, JsonNode verdict, int round) {
    Going going = attempt.going();
    Step maker = maker(going, review);
    String key = attempt.key() + "/revise[" + round + "]";
    Optional<Attempt> known = going.settled(key);
    if (known.isPresent()) {
      return Recorded.object(String.valueOf(known.get().output()));
    }
    if (!(maker.action() instanceof ModelCall call)) {
      throw new Stop.Failed(
          Errors.of(
              "cannot_revise", maker.id() + " asks no model, so it cannot be told anything."));
    }
    var scope = new HashMap<String, @Nullable Object>(attempt.scope());
    scope.put(VERSION, Plain.of(artifact));
    scope.put(OBJECTIONS, objections(verdict));
    Try again =
        new Try(
            going,
            maker,
            key,
            attempt.path() + "/revise",
            scope,
            going.tries(key),
            "req_" + UlidCreator.getMonotonicUlid(),
            attempt.span());
    mayTryAgain(again);
    return actions.asked(again, told(call));
  }

  private static Step maker(Going going, Review review) {
    String id = String.valueOf(review.revise());
    return going
        .pipeline()
        .step(id)
        .orElseThrow(
            () -> new Stop.Failed(Errors.of("cannot_revise", "There is no step '" + id + "'.")));
  }

  private static ModelCall told(ModelCall call) {
    var messages = new ArrayList<>(call.messages());
    messages.add(
        new Message(
            "user",
            List.of(
                new Part.Text(
                    template(
                        "This is your earlier version:\n{{ "
                            + VERSION
                            + " | data }}\nReviewers want changes:\n{{ "
                            + OBJECTIONS
                            + " | data }}\nMake it again, whole, with these changes.")))));
    return new Action.ModelCall(
        call.target(),
        call.system(),
        messages,
        call.maxTokens(),
        call.temperature(),
        call.cache(),
        false);
  }

  private static Template template(String source) {
    try {
      return Template.of(source);
    } catch (BadTemplate e) {
      throw new IllegalStateException("a template of ours", e);
    }
  }

  private static String objections(JsonNode verdict) {
    var text = new StringBuilder();
    for (JsonNode reviewer : verdict.path("reviewers")) {
      for (JsonNode finding : reviewer.path("findings")) {
        text.append("- ")
            .append(finding.path("severity").asText("minor"))
            .append(": ")
            .append(finding.path("claim").asText())
            .append(' ')
            .append(finding.path("suggestion").asText(""))
            .append('\n');
      }
    }
    return text.isEmpty() ? "They gave no reasons." : text.toString();
  }
}
