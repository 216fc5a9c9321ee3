package dev.flotilla.review.panel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.f4b6a3.ulid.UlidCreator;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.review.door.CallerHeaders;
import dev.flotilla.review.door.PageLimit;
import dev.flotilla.review.people.Answer;
import dev.flotilla.review.people.Questions;
import dev.flotilla.review.people.Ruling;
import dev.flotilla.review.people.Rulings;
import dev.flotilla.review.policy.Policies;
import dev.flotilla.review.reviewer.Errand;
import dev.flotilla.review.reviewer.Exclusion;
import dev.flotilla.review.verification.Verifiers;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/** Reviews over HTTP: outcomes become statuses here. */
@Path("/v1/reviews")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
public class ReviewResource {
  private static final List<String> PURPOSE =
      List.of(FleetHeaders.PIPELINE, FleetHeaders.RUN, FleetHeaders.STEP);

  private static final String ASYNC = "respond-async";

  private static final List<String> STATUSES =
      List.of("pending", "in_review", "needs_human", "decided", "expired");

  private final ReviewDesk desk;
  private final Reviews reviews;
  private final Questions questions;
  private final RequestReader reader;

  @Inject
  ReviewResource(
      ReviewDesk desk,
      Reviews reviews,
      Questions questions,
      Policies policies,
      Verifiers verifiers,
      ReviewConfig config) {
    this.desk = desk;
    this.reviews = reviews;
    this.questions = questions;
    this.reader = new RequestReader(policies, verifiers, config);
  }

  @POST
  @Operation(
      operationId = "review",
      summary = "Has an artifact judged by models that did not write it",
      description =
          "Answers when the panel has decided, handed the decision to a person (needs_human), or run into the deadline; with Prefer: respond-async at once.")
  public Response review(byte[] body, @Context HttpHeaders headers) {
    Caller caller = CallerHeaders.read(headers);
    ReviewRequest request = reader.read(body);
    String key = headers.getHeaderString(FleetHeaders.IDEMPOTENCY);
    boolean waits = !headers.getRequestHeaders().getOrDefault("prefer", List.of()).contains(ASYNC);
    return switch (desk.review(request, errand(headers, caller, request), key, waits)) {
      case ReviewOutcome.Recorded(ObjectNode review) ->
          Response.created(place(review)).entity(Json.plainBytes(review)).build();
      case ReviewOutcome.Accepted(ObjectNode review) ->
          Response.accepted(Json.plainBytes(review)).location(place(review)).build();
      case ReviewOutcome.KeyTaken(String id) ->
          throw new ProblemException(
              Problem.conflict(
                  "idempotency_key_reused",
                  "Something else was asked under this key, and became review "
                      + id
                      + "; take another key.",
                  Json.object()));
      case ReviewOutcome.NoPanel(var why) ->
          throw new ProblemException(
              Problem.unprocessable(why.code(), why.reason(), excluded(why.excluded())));
    };
  }

  private static URI place(JsonNode review) {
    return URI.create("/v1/reviews/" + review.path("id").asText());
  }

  @GET
  @Operation(operationId = "listReviews", summary = "The newest reviews of the caller's team")
  public Response list(
      @QueryParam("status") @Nullable String status,
      @QueryParam("queue") @Nullable String queue,
      @QueryParam("limit") @DefaultValue("20") String limit,
      @QueryParam("after") @Nullable String after,
      @Context HttpHeaders headers) {
    Caller caller = CallerHeaders.read(headers);
    if (status != null && !STATUSES.contains(status)) {
      throw new ProblemException(
          Problem.invalid(
              "invalid_status",
              "status is '" + status + "'; write one of " + STATUSES + ".",
              "status"));
    }
    return ok(reviews.list(caller.team(), new Page(status, queue, PageLimit.read(limit), after)));
  }

  @GET
  @Path("/{id}")
  @Operation(operationId = "getReview", summary = "One review of the caller's team")
  public Response get(@PathParam("id") String id, @Context HttpHeaders headers) {
    return ok(
        reviews
            .find(CallerHeaders.read(headers).team(), id)
            .orElseThrow(() -> new ProblemException(unknown())));
  }

  @GET
  @Path("/{id}/events")
  @Operation(operationId = "listReviewEvents", summary = "What was done about a review, by whom")
  public Response events(@PathParam("id") String id, @Context HttpHeaders headers) {
    ObjectNode events = reviews.events(CallerHeaders.read(headers).team(), id);
    if (events.path("data").isEmpty()) {
      throw new ProblemException(unknown());
    }
    return ok(events);
  }

  @POST
  @Path("/{id}/claim")
  @Operation(operationId = "claimReview", summary = "Says that the caller looks at it")
  public Response claim(@PathParam("id") String id, @Context HttpHeaders headers) {
    Caller caller = CallerHeaders.read(headers);
    return ruled(caller, id, questions.claim(caller.team(), waitingFor(caller, id), caller.key()));
  }

  @POST
  @Path("/{id}/decision")
  @Operation(
      operationId = "decideReview",
      summary = "Decides what a panel could not; the first decision holds")
  public Response decide(@PathParam("id") String id, byte[] body, @Context HttpHeaders headers) {
    Caller caller = CallerHeaders.read(headers);
    Answer answer = Answer.read(body);
    String question = waitingFor(caller, id);
    return ruled(
        caller,
        id,
        questions.decide(
            caller.team(), question, answer.decision(), answer.comment(), caller.key()));
  }

  /** The id of the question that this review waits for, or waited for. */
  private String waitingFor(Caller caller, String id) {
    JsonNode review =
        reviews.find(caller.team(), id).orElseThrow(() -> new ProblemException(unknown()));
    String question = review.path("human").path("decision_id").asText("");
    if (question.isEmpty()) {
      throw new ProblemException(
          Problem.conflict(
              "no_person_needed",
              "This review is " + review.path("status").asText() + " and waits for nobody.",
              Json.object()));
    }
    return question;
  }

  private Response ruled(Caller caller, String id, Ruling ruling) {
    return switch (ruling) {
      case Ruling.Holds holds -> ok(reviews.find(caller.team(), id).orElseThrow());
      case Ruling.Unknown() -> throw new ProblemException(unknown());
      case Ruling.TooLate(var question) -> throw new ProblemException(Rulings.tooLate(question));
      case Ruling.Claimed(var question) -> throw new ProblemException(Rulings.claimed(question));
      case Ruling.NotAWord(var allowed) -> throw new ProblemException(Rulings.notAWord(allowed));
    };
  }

  private static Problem unknown() {
    return Problem.notFound(
        "review_not_found",
        "This team has no review with that id; GET /v1/reviews lists those it has.");
  }

  private static Errand errand(HttpHeaders headers, Caller caller, ReviewRequest request) {
    String requestId = headers.getHeaderString(FleetHeaders.REQUEST_ID);
    return new Errand(
        caller,
        requestId == null ? "req_" + UUID.randomUUID() : requestId,
        "rev_" + UlidCreator.getMonotonicUlid(),
        purpose(headers),
        Deadline.fromHeader(headers.getHeaderString(FleetHeaders.DEADLINE), request.patience()),
        Tracing.received(headers.getHeaderString(FleetHeaders.TRACEPARENT)));
  }

  private static Map<String, String> purpose(HttpHeaders headers) {
    var purpose = new HashMap<String, String>();
    for (String name : PURPOSE) {
      String value = headers.getHeaderString(name);
      if (value != null) {
        purpose.put(name, value);
      }
    }
    return purpose;
  }

  private static ObjectNode excluded(List<Exclusion> excluded) {
    ObjectNode members = Json.object();
    ArrayNode array = members.putArray("excluded");
    for (Exclusion each : excluded) {
      array
          .addObject()
          .put("name", each.name())
          .put("model", each.model())
          .put("reason", each.reason());
    }
    return members;
  }

  private static Response ok(JsonNode json) {
    return Response.ok(Json.plainBytes(json)).build();
  }
}
