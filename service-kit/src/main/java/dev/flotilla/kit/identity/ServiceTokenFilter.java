package dev.flotilla.kit.identity;

import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;

/**
 * Nobody without the service token gets past the doors of a service that only other services may
 * call.
 */
@Provider
@ApplicationScoped
public class ServiceTokenFilter implements ContainerRequestFilter {
  private final ServiceToken token;

  @Inject
  ServiceTokenFilter(ServiceToken token) {
    this.token = token;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (!token.admits(request.getHeaderString(HttpHeaders.AUTHORIZATION))) {
      var error =
          new ApiError(
              401,
              "authentication_error",
              "service_token_required",
              "This service answers only other services of its fleet; send the request to the router.",
              null,
              "router");
      request.abortWith(
          Response.status(error.status())
              .type(MediaType.APPLICATION_JSON_TYPE)
              .entity(Json.text(error.body("-")))
              .build());
    }
  }
}
