package dev.flotilla.pipelines.definition;

/** What happens to an output that is not as it must be. */
public enum OnInvalid {
  /** The same is asked again and told which rules were broken. */
  RETRY,
  /** The next of the fallbacks is asked. */
  NEXT,
  /** The next stronger task type is asked, as {@link Escalation} says. */
  ESCALATE,
  /** The step fails. */
  FAIL
}
