package dev.flotilla.bench.machine;

import java.util.ArrayList;
import java.util.List;

/**
 * A place to run on, so that what is measured and what measures it do not share a core.
 *
 * @param number of the core; negative leaves it to the system
 */
public record Core(int number) {
  /**
   * Where the load and the upstream run: on the second core when this process was put on the first
   * one alone, as {@code ./fleet bench} does it where there are two.
   */
  public static Core ofLoad() {
    return new Core(Runtime.getRuntime().availableProcessors() == 1 ? 1 : -1);
  }

  /** The command that runs another one there. */
  public List<String> run(List<String> command) {
    if (number < 0) {
      return command;
    }
    var words = new ArrayList<>(List.of("taskset", "-c", Integer.toString(number)));
    words.addAll(command);
    return List.copyOf(words);
  }
}
