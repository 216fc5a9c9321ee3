package dev.flotilla.router.door;

import java.io.IOException;

/** What is behind a door. */
@FunctionalInterface
public interface DoorHandler {
  /** Answers a visitor who may come in. An exception becomes a 500 that tells nothing. */
  void answer(Visit visit) throws IOException;
}
