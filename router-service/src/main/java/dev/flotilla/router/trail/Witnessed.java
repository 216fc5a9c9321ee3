package dev.flotilla.router.trail;

import dev.flotilla.router.door.Outlet;
import java.io.OutputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Notices how a request is answered, just before the answer goes out. For one request. */
final class Witnessed implements Outlet {
  private final Outlet out;
  private final Consumer<Witnessed> seen;
  private int status;
  private @Nullable String location;

  /**
   * @param seen told once, when there is a status
   */
  Witnessed(Outlet out, Consumer<Witnessed> seen) {
    this.out = out;
    this.seen = seen;
  }

  /** Somebody answers, or nobody will. */
  private void answered(int with) {
    if (status == 0) {
      status = with;
      seen.accept(this);
    }
  }

  /** Nobody will answer any more. */
  void end() {
    answered(500);
  }

  int status() {
    return status;
  }

  /** Where what was made is; null when nothing was. */
  @Nullable String location() {
    return status < 300 ? location : null;
  }

  @Override
  public void header(String name, String value) {
    if (name.equals("location")) {
      location = value;
    }
    out.header(name, value);
  }

  @Override
  public void send(int with, String contentType, byte[] bytes) {
    answered(with);
    out.send(with, contentType, bytes);
  }

  @Override
  public OutputStream events() {
    answered(200);
    return out.events();
  }

  @Override
  public OutputStream body(int with, String contentType) {
    answered(with);
    return out.body(with, contentType);
  }
}
