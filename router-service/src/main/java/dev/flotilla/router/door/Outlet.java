package dev.flotilla.router.door;

import java.io.OutputStream;

/** Where a reply goes: headers first, then one body or one stream. One thread at a time. */
public interface Outlet {
  /** Values are ours or were checked before, line breaks never reach here. */
  void header(String name, String value);

  /** A whole reply. Throws {@link java.io.UncheckedIOException} when nobody is there to read it. */
  void send(int status, String contentType, byte[] bytes);

  /**
   * Begins a stream of events; each flush sends what was written. Throws {@link
   * dev.flotilla.kit.http.CallerLeftException} when nobody is there to read it.
   */
  OutputStream events();

  /**
   * Begins a body of any length; closing it says that it is whole, and one that is not closed looks
   * cut off. Throws {@link dev.flotilla.kit.http.CallerLeftException} when nobody is there to read
   * it.
   */
  OutputStream body(int status, String contentType);

  /** What was sent of a stream is not the whole answer, although the stream comes to its end. */
  default void broken() {}
}
