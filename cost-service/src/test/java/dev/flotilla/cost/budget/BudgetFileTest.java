package dev.flotilla.cost.budget;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.settings.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BudgetFileTest {
  @TempDir private Path folder;

  @Test
  void budgets_are_read_as_they_are_written() throws Exception {
    List<DeclaredBudget> read =
        read(
            """
            # Who may spend what.
            - {scope: team:growth, limit_usd: 500}
            - scope: project:search
              limit_usd: 0.10
              hard_limit_usd: 0.2
              on_exceeded: downgrade
              period: day
              alert_at: [1, 0.5]
              on_ledger_away: refuse
            """);
    assertEquals(
        List.of(
            new DeclaredBudget(
                new Scope(Scope.Kind.TEAM, "growth"),
                new Terms(
                    500_000_000_000L, null, "month", List.of(0.5, 0.8, 1.0), "block", "serve")),
            new DeclaredBudget(
                new Scope(Scope.Kind.PROJECT, "search"),
                new Terms(
                    100_000_000L, 200_000_000L, "day", List.of(0.5, 1.0), "downgrade", "refuse"))),
        read);
  }

  @Test
  void no_file_and_an_empty_one_declare_nothing() throws Exception {
    assertEquals(List.of(), BudgetFile.read(folder.resolve("budgets.yaml")));
    assertEquals(List.of(), read(""));
    assertEquals(List.of(), read("# nothing yet\n"));
    assertEquals(List.of(), read("[]\n"));
  }

  @Test
  void the_shipped_file_declares_nothing() {
    assertTrue(Files.exists(Path.of("..", "config", "budgets.yaml")));
    assertEquals(List.of(), BudgetFile.read(Path.of("..", "config", "budgets.yaml")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2 | - {scope: growth, limit_usd: 1}~- {scope: planet:earth, limit_usd: 1} | planet:earth",
        "1 | - {limit_usd: 1} | scope is missing",
        "3 | - scope: growth~  limit_usd: 1~  period: fortnight | day or month or week or year",
        "3 | - scope: growth~  limit_usd: 1~  limit: 2 | limit is not known",
        "2 | - scope: growth~  limit_usd: much | a number of dollars",
        "1 | - scope: growth~  period: day | limit_usd is missing",
        "2 | - {scope: growth, limit_usd: 1}~- {scope: team:growth, limit_usd: 2} | twice",
        "2 | - scope: growth~  scope: other~  limit_usd: 1 | twice",
        "1 | growth: {limit_usd: 1} | write entries such as",
        "1 | - growth | write - {scope:",
        "2 | - {scope: growth, limit_usd: 1}~- {scope: | ",
      })
  void what_is_wrong_is_told_with_its_line_and_what_to_write_instead(
      int line, String written, String told) {
    var e = assertThrows(ConfigurationException.class, () -> read(written.replace("~", "\n")));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("budgets.yaml:" + line + ": "), message);
    assertTrue(told == null || message.contains(told), message);
  }

  private List<DeclaredBudget> read(String content) throws Exception {
    Path file = folder.resolve("budgets.yaml");
    Files.writeString(file, content);
    return BudgetFile.read(file);
  }
}
