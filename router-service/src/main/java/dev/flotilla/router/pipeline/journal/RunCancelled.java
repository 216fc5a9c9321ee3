package dev.flotilla.router.pipeline.journal;

/** Somebody wants the run to end; no further step begins. */
public final class RunCancelled extends RuntimeException {
  private static final long serialVersionUID = 1;

  RunCancelled(String run) {
    super(run, null, false, false);
  }
}
