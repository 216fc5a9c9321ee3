package dev.flotilla.router.door;

import dev.flotilla.kit.http.CallerStream;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import java.io.OutputStream;

/** To the visitor's connection. */
record ServerOutlet(ServerResponse response) implements Outlet {
  @Override
  public void header(String name, String value) {
    response.header(HeaderNames.create(name), value);
  }

  @Override
  public void send(int status, String contentType, byte[] bytes) {
    response.status(status);
    response.header(HeaderNames.CONTENT_TYPE, contentType);
    response.send(bytes);
  }

  @Override
  public OutputStream events() {
    response.status(200);
    response.header(HeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
    response.header(HeaderNames.CACHE_CONTROL, "no-cache");
    // proxies such as nginx would otherwise hold events back
    response.header(HeaderNames.create("x-accel-buffering"), "no");
    return new CallerStream(response);
  }

  @Override
  public OutputStream body(int status, String contentType) {
    response.status(status);
    response.header(HeaderNames.CONTENT_TYPE, contentType);
    return new CallerStream(response);
  }
}
