package dev.flotilla.router.door;

import dev.flotilla.kit.http.CallerStream;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerResponse;
import java.io.OutputStream;

/** To the visitor's connection. */
record ServerOutlet(ServerResponse response) implements Outlet {
  /**
   * What models and callers wrote is in our answers; a browser must not take it for something else
   * than we say it is.
   */
  static final Header AS_IT_SAYS = HeaderValues.createCached("x-content-type-options", "nosniff");

  @Override
  public void header(String name, String value) {
    response.header(HeaderNames.create(name), value);
  }

  @Override
  public void send(int status, String contentType, byte[] bytes) {
    begin(status, contentType);
    response.send(bytes);
  }

  @Override
  public OutputStream events() {
    begin(200, "text/event-stream; charset=utf-8");
    response.header(HeaderNames.CACHE_CONTROL, "no-cache");
    // proxies such as nginx would otherwise hold events back
    response.header(HeaderNames.create("x-accel-buffering"), "no");
    return new CallerStream(response);
  }

  @Override
  public OutputStream body(int status, String contentType) {
    begin(status, contentType);
    return new CallerStream(response);
  }

  private void begin(int status, String contentType) {
    response.status(status);
    response.header(HeaderNames.CONTENT_TYPE, contentType);
    response.header(AS_IT_SAYS);
  }
}
