package dev.flotilla.router.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.ApiError;
import java.time.Duration;

/** How a try at an item ended. */
sealed interface ItemEnd {
  /** What it used, this try alone. */
  Spent spent();

  /** It was answered. */
  record Answered(ObjectNode body, Spent spent) implements ItemEnd {}

  /**
   * It was not.
   *
   * @param body what a caller would have been told
   * @param mayPass whether the same request may be answered a little later
   * @param untold whether a call broke off that may have been paid: another try must be the same
   *     call
   */
  record Failed(ApiError error, ObjectNode body, boolean mayPass, boolean untold, Spent spent)
      implements ItemEnd {}

  /**
   * Nothing is wrong with it, but there was no room or a limit is used up.
   *
   * @param pause until the batch makes its next try
   */
  record TooSoon(Duration pause, Spent spent) implements ItemEnd {}

  /**
   * A run was begun that answers it; nobody needs to hold it meanwhile.
   *
   * @param look when to look whether the run has ended
   */
  record Running(String runId, Duration look) implements ItemEnd {
    @Override
    public Spent spent() {
      return Spent.NOTHING;
    }
  }
}
