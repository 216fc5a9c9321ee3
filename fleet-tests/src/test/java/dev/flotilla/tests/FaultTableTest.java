package dev.flotilla.tests;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.flotilla.testkit.FaultRow;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which faults are stood is what the tests say; the page of the reference is made from them. */
class FaultTableTest {
  private static final Path GOLDEN = FleetUnderTest.TREE.resolve("docs/reference/faults.md");

  /** One line of the table. */
  private record Stood(FaultRow fault, String module, JavaMethod test) {
    String type() {
      return test.getOwner().getName();
    }

    String line() {
      return "| %d | %s | %s `%s#%s` | %s |"
          .formatted(
              fault.row(),
              fault.fault(),
              module,
              test.getOwner().getSimpleName(),
              test.getName(),
              test.getName().replace('_', ' '));
    }
  }

  @Test
  void the_table_in_the_tree_is_what_the_tests_say() throws IOException {
    Map<String, Map<Integer, String>> matrix = matrix();
    List<Stood> stood = stood();
    var rows = new HashSet<Integer>();
    matrix.values().forEach(part -> rows.addAll(part.keySet()));
    for (Stood one : stood) {
      assertTrue(rows.contains(one.fault().row()), "no such row: " + one.line());
      assertTrue(isRun(one.test()), "nobody runs it: " + one.line());
    }
    String page = page(matrix, stood);
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(GOLDEN, page);
    }
    assertEquals(
        Files.readString(GOLDEN), page, "write it anew with -Dsurefire.jvm=-Dgolden.write=true");
  }

  private static String page(Map<String, Map<Integer, String>> matrix, List<Stood> stood) {
    Map<Integer, List<Stood>> byRow =
        stood.stream().collect(groupingBy(one -> one.fault().row(), TreeMap::new, toList()));
    var page = new StringBuilder();
    page.append(
        """
        # Faults and the tests that hold us to them

        Made from the tests by `FaultTableTest`: a test is listed by its annotation `@FaultRow`, and its name says what holds.

        %d of %d faults have a test.
        """
            .formatted(byRow.size(), matrix.values().stream().mapToInt(part -> part.size()).sum()));
    matrix.forEach(
        (part, rows) -> {
          page.append("\n## %s\n\n| # | fault | test | what holds |\n".formatted(part));
          page.append("|---|---|---|---|\n");
          rows.forEach(
              (row, fault) -> {
                if (byRow.containsKey(row)) {
                  byRow.get(row).forEach(one -> page.append(one.line()).append('\n'));
                } else {
                  page.append("| %d | %s | no test yet | |\n".formatted(row, fault));
                }
              });
        });
    return page.toString();
  }

  /** Test classes of all modules, whether or not they are on this one's path. */
  private static List<Stood> stood() throws IOException {
    var found = new ArrayList<Stood>();
    try (Stream<Path> modules = Files.list(FleetUnderTest.TREE)) {
      for (Path module : modules.filter(m -> Files.exists(m.resolve("pom.xml"))).toList()) {
        Path classes = module.resolve("target/test-classes");
        if (Files.isDirectory(classes)) {
          new ClassFileImporter()
              .importPath(classes).stream()
                  .flatMap(type -> type.getMethods().stream())
                  .forEach(
                      method ->
                          rows(method)
                              .map(row -> new Stood(row, module.getFileName().toString(), method))
                              .forEach(found::add));
        }
      }
    }
    found.sort(
        Comparator.comparingInt((Stood one) -> one.fault().row())
            .thenComparing(Stood::module)
            .thenComparing(Stood::type)
            .thenComparing(one -> one.test().getName()));
    return found;
  }

  private static Stream<FaultRow> rows(JavaMethod method) {
    return Stream.concat(
        method.tryGetAnnotationOfType(FaultRow.class).stream(),
        method.tryGetAnnotationOfType(FaultRow.Several.class).stream()
            .flatMap(several -> Arrays.stream(several.value())));
  }

  private static boolean isRun(JavaMethod method) {
    return method.getAnnotations().stream()
        .map(annotation -> annotation.getRawType().getSimpleName())
        .anyMatch(List.of("Test", "ParameterizedTest", "TestFactory")::contains);
  }

  /** All faults there are, by the part they belong to. */
  private static Map<String, Map<Integer, String>> matrix() throws IOException {
    var matrix = new LinkedHashMap<String, Map<Integer, String>>();
    try (InputStream in = FaultTableTest.class.getResourceAsStream("faults.txt")) {
      Map<Integer, String> part = new LinkedHashMap<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        String rest = line.substring(line.indexOf(' ') + 1);
        if (line.startsWith("# ")) {
          part = new LinkedHashMap<>();
          matrix.put(rest, part);
        } else {
          part.put(Integer.valueOf(line.substring(0, line.indexOf(' '))), rest);
        }
      }
    }
    return matrix;
  }
}
