package dev.flotilla.router.pipeline.journal;

/** The run was taken up by somebody else or has ended: nothing more is to be done for it here. */
public final class LeaseLost extends RuntimeException {
  private static final long serialVersionUID = 1;

  LeaseLost(String run) {
    super(run, null, false, false);
  }
}
