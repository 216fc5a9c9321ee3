package dev.flotilla.pipelines.loading;

import dev.flotilla.pipelines.definition.Pipeline;
import java.util.List;

/** What became of a file. */
public sealed interface Loaded {
  /**
   * It can run.
   *
   * @param warnings what looks wrong in it
   */
  record Good(Pipeline pipeline, List<Problem> warnings) implements Loaded {
    public Good {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * It cannot run.
   *
   * @param problems at least one, in the order of the file
   * @param warnings what looks wrong besides
   */
  record Bad(List<Problem> problems, List<Problem> warnings) implements Loaded {
    public Bad {
      problems = List.copyOf(problems);
      warnings = List.copyOf(warnings);
    }
  }
}
