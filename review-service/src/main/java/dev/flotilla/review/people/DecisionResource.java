package dev.flotilla.review.people;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import dev.flotilla.review.door.CallerHeaders;
import dev.flotilla.review.door.PageLimit;
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
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/** People's decisions over HTTP: outcomes become statuses here. */
@Path("/v1/decisions")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
public class DecisionResource {
  private static final List<String> STATUSES = List.of("waiting", "decided", "expired");

  private final Questions questions;
  private final QuestionReader reader;

  @Inject
  DecisionResource(Questions questions, PeopleConfig config) {
    this.questions = questions;
    this.reader = new QuestionReader(config);
  }

  @POST
  @Operation(
      operationId = "askPeople",
      summary = "Puts a question to people; for services of this fleet",
      description = "The same id again gives the question as it stands, whatever its deadline.")
  public Response ask(byte[] body, @Context HttpHeaders headers) {
    String key = headers.getHeaderString(FleetHeaders.KEY);
    return switch (questions.ask(reader.question(body), key == null ? "service" : key)) {
      case Asked.New(var question) ->
          Response.created(URI.create("/v1/decisions/" + question.path("id").asText()))
              .entity(Json.plainBytes(question))
              .build();
      case Asked.Known(var question) -> ok(question);
      case Asked.Taken() ->
          throw new ProblemException(
              Problem.conflict(
                  "decision_id_taken",
                  "Something else was asked under this id; derive ids from the run and its step.",
                  Json.object()));
    };
  }

  @GET
  @Operation(
      operationId = "listDecisions",
      summary = "What people of the caller's team are asked, and what they decided")
  public Response list(
      @QueryParam("queue") @Nullable String queue,
      @QueryParam("status") @Nullable String status,
      @QueryParam("limit") @DefaultValue("20") String limit,
      @QueryParam("after") @Nullable String after,
      @Context HttpHeaders headers) {
    Caller caller = CallerHeaders.read(headers);
    if (status != null && !STATUSES.contains(status)) {
      throw invalid(
          "invalid_status", "status is '" + status + "'; write one of " + STATUSES + ".", "status");
    }
    return ok(
        questions.list(caller.team(), new QueuePage(queue, status, PageLimit.read(limit), after)));
  }

  @GET
  @Path("/{id}")
  @Operation(operationId = "getDecision", summary = "One question, with everything done about it")
  public Response get(@PathParam("id") String id, @Context HttpHeaders headers) {
    return ok(
        questions
            .find(CallerHeaders.read(headers).team(), id)
            .orElseThrow(() -> new ProblemException(unknown())));
  }

  @POST
  @Path("/{id}/claim")
  @Operation(operationId = "claimDecision", summary = "Says that the caller looks at it")
  public Response claim(@PathParam("id") String id, @Context HttpHeaders headers) {
    Caller caller = CallerHeaders.read(headers);
    return answer(questions.claim(caller.team(), id, caller.key()));
  }

  @POST
  @Path("/{id}/decision")
  @Operation(operationId = "decide", summary = "Decides; the first decision holds")
  public Response decide(@PathParam("id") String id, byte[] body, @Context HttpHeaders headers) {
    Caller caller = CallerHeaders.read(headers);
    Answer answer = Answer.read(body);
    return answer(
        questions.decide(caller.team(), id, answer.decision(), answer.comment(), caller.key()));
  }

  private static Response answer(Ruling ruling) {
    return switch (ruling) {
      case Ruling.Holds(var question) -> ok(question);
      case Ruling.Unknown() -> throw new ProblemException(unknown());
      case Ruling.TooLate(var question) -> throw new ProblemException(Rulings.tooLate(question));
      case Ruling.Claimed(var question) -> throw new ProblemException(Rulings.claimed(question));
      case Ruling.NotAWord(var allowed) -> throw new ProblemException(Rulings.notAWord(allowed));
    };
  }

  private static Problem unknown() {
    return Problem.notFound(
        "decision_not_found",
        "This team has no decision with that id; GET /v1/decisions lists those it has.");
  }

  private static ProblemException invalid(String code, String detail, String param) {
    return new ProblemException(Problem.invalid(code, detail, param));
  }

  private static Response ok(JsonNode json) {
    return Response.ok(Json.plainBytes(json)).build();
  }
}
