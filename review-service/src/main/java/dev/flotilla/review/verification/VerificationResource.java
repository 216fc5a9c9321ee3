package dev.flotilla.review.verification;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import dev.flotilla.review.door.StrictBody;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** What a verifier does for a reviewer. */
@Path("/internal/verifications")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
public class VerificationResource {
  private static final Set<String> FIELDS = new TreeSet<>(Set.of("artifact", "verify"));
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final Verifiers verifiers;

  @Inject
  VerificationResource(Verifiers verifiers) {
    this.verifiers = verifiers;
  }

  @POST
  @Operation(hidden = true)
  public Response verify(byte[] bytes, @Context HttpHeaders headers) {
    ObjectNode body = StrictBody.read(bytes, FIELDS);
    JsonNode artifact = body.path("artifact");
    List<Verifier> asked;
    try {
      asked = verifiers.asked(body.path("verify"));
    } catch (BadVerifier e) {
      throw new ProblemException(Problem.invalid("invalid_verify", e.getMessage(), "verify"));
    }
    List<Verified> results =
        Verification.of(
                asked,
                new Artifact(
                    artifact.path("type").asText("text"), artifact.path("content").asText("")),
                Deadline.fromHeader(headers.getHeaderString(FleetHeaders.DEADLINE), LONGEST))
            .results();
    return Response.ok(
            Json.plainBytes(Json.object().set("verification", VerificationJson.of(results))))
        .build();
  }
}
