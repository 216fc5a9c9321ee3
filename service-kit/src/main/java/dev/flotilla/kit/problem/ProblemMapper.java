package dev.flotilla.kit.problem;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** Problems on the wire. */
@Provider
public class ProblemMapper implements ExceptionMapper<ProblemException> {
  @Override
  public Response toResponse(ProblemException exception) {
    return response(exception.problem()).build();
  }

  public static Response.ResponseBuilder response(Problem problem) {
    ObjectNode body = Json.object();
    body.put("type", "about:blank").put("title", problem.title()).put("status", problem.status());
    body.put("code", problem.code()).put("detail", problem.detail());
    if (problem.param() != null) {
      body.put("param", problem.param());
    }
    body.setAll(problem.members());
    return Response.status(problem.status())
        .type("application/problem+json")
        .entity(Json.text(body));
  }
}
