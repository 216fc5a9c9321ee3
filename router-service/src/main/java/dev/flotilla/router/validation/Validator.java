package dev.flotilla.router.validation;

import java.util.List;

/** One thing an answer must be. Thread-safe. */
interface Validator {
  /** What is wrong with a choice; empty when nothing is. */
  List<BrokenRule> brokenBy(Choice choice);
}
