package dev.flotilla.router.console;

/** One of the console's screens, or what belongs to it. Thread-safe. */
interface Screen {
  Shown show(Asked asked);
}
