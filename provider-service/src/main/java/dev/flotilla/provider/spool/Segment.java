package dev.flotilla.provider.spool;

import java.nio.file.Path;

/** One file of the spool and how much of it is still needed. Guarded by the spool's lock. */
final class Segment {
  final Path file;
  long bytes;

  /**
   * How many times an attempt that the ledger has not acknowledged relies on this file: once for
   * its intent and once for its outcome. What it wrote in between relies on those two.
   */
  int needed;

  Segment(Path file) {
    this.file = file;
  }
}
