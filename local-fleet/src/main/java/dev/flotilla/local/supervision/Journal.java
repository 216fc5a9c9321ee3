package dev.flotilla.local.supervision;

/** Where the supervisor says in one line what it did without being asked. */
@FunctionalInterface
public interface Journal {
  void note(String line);
}
