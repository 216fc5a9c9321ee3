package dev.flotilla.kit.departure;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

/** Counts who is inside, and says goodbye to each once this process is leaving. */
record Farewell(Departure departure) implements Filter {
  @Override
  public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    departure.came();
    try {
      if (departure.announced()) {
        response.header(HeaderValues.CONNECTION_CLOSE);
      }
      chain.proceed();
    } finally {
      departure.left();
    }
  }
}
