package dev.flotilla.bench.machine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another program of this jar, run by the JVM we run on. */
public final class JavaProgram {
  private JavaProgram() {}

  public static List<String> command(List<String> flags, Class<?> main, String... words) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(words));
    return List.copyOf(command);
  }
}
