package dev.flotilla.review.panel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.review.policy.Policies;
import dev.flotilla.review.policy.Policy;
import dev.flotilla.review.policy.Risk;
import dev.flotilla.review.reviewer.Assignment;
import dev.flotilla.review.reviewer.Eligibility;
import dev.flotilla.review.reviewer.Errand;
import dev.flotilla.review.reviewer.Seat;
import dev.flotilla.review.reviewer.Spending;
import dev.flotilla.review.verification.BadVerifier;
import dev.flotilla.review.verification.Verifiers;
import io.opentelemetry.api.trace.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A panel as it is written down for whoever goes on with it. Read back it is decided by the policy
 * that is in force then; when there is none of that name any more, nobody can go on.
 */
final class SittingRecord {
  private static final String REVIEWERS = "reviewers";
  private static final String AUTHORS = "authors";
  private static final String METADATA = "metadata";

  private final Policies policies;
  private final Verifiers verifiers;
  private final Eligibility eligibility;

  SittingRecord(Policies policies, Verifiers verifiers, Eligibility eligibility) {
    this.policies = policies;
    this.verifiers = verifiers;
    this.eligibility = eligibility;
  }

  /** What was asked for: the same for the same request, whoever sits on the panel. */
  static ObjectNode asked(ReviewRequest request) {
    ObjectNode json = Json.object();
    json.put("policy", request.policy().name());
    json.put("type", request.assignment().type()).put("artifact", request.assignment().artifact());
    put(json, "plan", request.assignment().plan());
    json.put("task", request.assignment().task());
    put(json, REVIEWERS, request.reviewers());
    put(json, AUTHORS, request.authors());
    json.set("verify", request.verify().asked());
    json.put("risk", request.risk().word());
    json.put("patience", request.patience().toString());
    json.set(METADATA, request.metadata());
    return json;
  }

  static ObjectNode of(Sitting sitting) {
    ObjectNode json = Json.object();
    json.set("request", asked(sitting.request()));
    Errand errand = sitting.errand();
    ObjectNode onBehalf = json.putObject("errand");
    ObjectNode caller = onBehalf.putObject("caller");
    errand.caller().send(caller::put);
    onBehalf.put("request_id", errand.requestId()).put("key", errand.key());
    ObjectNode purpose = onBehalf.putObject("purpose");
    errand.purpose().forEach(purpose::put);
    onBehalf.put("deadline", errand.deadline().header());
    onBehalf.put("traceparent", Tracing.traceparent(Span.fromContext(errand.trace())));
    json.put("round", sitting.round());
    ArrayNode earlier = json.putArray("earlier");
    sitting.earlier().forEach(earlier::add);
    json.put("nanos", sitting.spent().nanos()).put("complete", sitting.spent().complete());
    put(json, "seated", sitting.bench().seated().stream().map(Model::id).toList());
    put(json, "waiting", sitting.bench().waiting().stream().map(Model::id).toList());
    return json;
  }

  /** Empty when the policy, or a verifier, is gone. */
  Optional<Sitting> read(String reviewId, JsonNode json, Map<String, Seat> filled) {
    JsonNode asked = json.path("request");
    Optional<Policy> policy = policies.named(asked.path("policy").asText());
    if (policy.isEmpty()) {
      return Optional.empty();
    }
    try {
      var verify =
          new ReviewRequest.Verify(asked.path("verify"), verifiers.asked(asked.path("verify")));
      return Optional.of(read(reviewId, json, request(asked, policy.get(), verify), filled));
    } catch (BadVerifier e) {
      return Optional.empty();
    }
  }

  private Sitting read(
      String reviewId, JsonNode json, ReviewRequest request, Map<String, Seat> filled) {
    JsonNode errand = json.path("errand");
    var purpose = new HashMap<String, String>();
    errand
        .path("purpose")
        .properties()
        .forEach(entry -> purpose.put(entry.getKey(), entry.getValue().asText()));
    Caller caller = Caller.received(name -> errand.path("caller").path(name).asText(null));
    if (caller == null) {
      throw new IllegalStateException(reviewId + " was begun for nobody");
    }
    return new Sitting(
        reviewId,
        request,
        new Errand(
            caller,
            errand.path("request_id").asText(),
            errand.path("key").asText(reviewId),
            purpose,
            Deadline.fromHeader(errand.path("deadline").asText(), request.patience()),
            Tracing.received(errand.path("traceparent").asText())),
        eligibility.bench(
            request.policy(), texts(json.path("seated")), texts(json.path("waiting")), filled),
        json.path("round").asInt(1),
        earlier(json.path("earlier")),
        new Spending(json.path("nanos").asLong(), json.path("complete").asBoolean(true)),
        filled);
  }

  private static List<ObjectNode> earlier(JsonNode rounds) {
    var earlier = new ArrayList<ObjectNode>();
    rounds.forEach(round -> earlier.add((ObjectNode) round));
    return earlier;
  }

  private static ReviewRequest request(JsonNode asked, Policy policy, ReviewRequest.Verify verify) {
    return new ReviewRequest(
        new Assignment(
            asked.path("type").asText(),
            asked.path("artifact").asText(),
            texts(asked.path("plan")),
            asked.path("task").asText(null)),
        texts(asked.path(REVIEWERS)),
        texts(asked.path(AUTHORS)),
        policy,
        verify,
        Risk.of(asked.path("risk").asText()).orElse(Risk.LOW),
        Duration.parse(asked.path("patience").asText()),
        (ObjectNode) asked.path(METADATA));
  }

  private static void put(ObjectNode json, String field, List<String> texts) {
    ArrayNode array = json.putArray(field);
    texts.forEach(array::add);
  }

  private static List<String> texts(JsonNode array) {
    var texts = new ArrayList<String>();
    array.forEach(each -> texts.add(each.asText()));
    return texts;
  }
}
