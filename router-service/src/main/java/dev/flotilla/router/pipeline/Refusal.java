package dev.flotilla.router.pipeline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.door.Visit;
import java.util.List;

/**
 * Why something is not done, as RFC 9457 tells it and OpenAI's clients understand it.
 *
 * @param errors places in what was sent; empty when it is none
 */
public record Refusal(ApiError error, List<Place> errors) {
  public Refusal {
    errors = List.copyOf(errors);
  }

  /**
   * A place in what was sent.
   *
   * @param pointer a JSON pointer
   */
  public record Place(String pointer, String detail) {}

  static Refusal of(ApiError error) {
    return new Refusal(error, List.of());
  }

  /** The caller's mistake. */
  static Refusal invalid(String code, String message, String pointer) {
    return new Refusal(ApiError.invalid(code, message, null), List.of(new Place(pointer, message)));
  }

  static Refusal notFound(String code, String message) {
    return of(new ApiError(404, ApiError.INVALID_REQUEST, code, message, null, "router"));
  }

  void send(Visit visit) {
    ObjectNode body = Json.object();
    body.put("type", "about:blank").put("title", title());
    body.put("status", error.status()).put("detail", error.message());
    body.put("instance", visit.path());
    body.put("code", error.code()).put("request_id", visit.requestId());
    ArrayNode places = body.putArray("errors");
    errors.forEach(
        place -> places.addObject().put("pointer", place.pointer()).put("detail", place.detail()));
    body.set("error", error.body(visit.requestId()).path("error"));
    visit.send(error.status(), "application/problem+json", Json.plainBytes(body));
  }

  private String title() {
    return switch (error.status()) {
      case 400 -> "Bad Request";
      case 402 -> "Payment Required";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 409 -> "Conflict";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      default -> error.status() < 500 ? "Refused" : "Failed";
    };
  }
}
