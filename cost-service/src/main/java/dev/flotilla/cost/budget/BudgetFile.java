package dev.flotilla.cost.budget;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.flotilla.kit.settings.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Reads {@code budgets.yaml}; what is wrong is told with its line. */
final class BudgetFile {
  private static final ObjectMapper YAML =
      JsonMapper.builder(new YAMLFactory())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private static final String EXAMPLE = "- {scope: team:growth, limit_usd: 500, period: month}";

  private final Path file;

  private BudgetFile(Path file) {
    this.file = file;
  }

  /** The budgets that a file declares; none when there is no such file. */
  static List<DeclaredBudget> read(Path file) {
    if (Files.notExists(file)) {
      return List.of();
    }
    try (JsonParser parser = YAML.createParser(Files.readAllBytes(file))) {
      return new BudgetFile(file).budgets(parser);
    } catch (JsonProcessingException e) {
      throw new ConfigurationException(
          file + ":" + e.getLocation().getLineNr() + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new ConfigurationException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private List<DeclaredBudget> budgets(JsonParser parser) throws IOException {
    var budgets = new ArrayList<DeclaredBudget>();
    JsonToken first = parser.nextToken();
    if (first == null || first == JsonToken.VALUE_NULL) {
      return List.of();
    }
    if (first != JsonToken.START_ARRAY) {
      throw wrong(line(parser), "budgets are a list; write entries such as " + EXAMPLE);
    }
    var scopes = new HashSet<Scope>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      int line = line(parser);
      DeclaredBudget budget = budget(parser, line);
      if (!scopes.add(budget.scope())) {
        throw wrong(line, "the budget " + budget.scope() + " is there twice; keep one of them");
      }
      budgets.add(budget);
    }
    return List.copyOf(budgets);
  }

  private DeclaredBudget budget(JsonParser parser, int line) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw wrong(line, "this is no budget; write " + EXAMPLE);
    }
    ObjectNode terms = YAML.createObjectNode();
    Map<String, Integer> lines = new HashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      if (lines.put(field, line(parser)) != null) {
        throw wrong(line(parser), field + " is there twice; keep one of them");
      }
      parser.nextToken();
      terms.set(field, YAML.readTree(parser));
    }
    String named = terms.path("scope").asText("");
    terms.remove("scope");
    Scope scope =
        Scope.of(named)
            .orElseThrow(
                () ->
                    wrong(
                        lines.getOrDefault("scope", line),
                        "scope is "
                            + (named.isEmpty() ? "missing" : "'" + named + "'")
                            + "; write one of "
                            + Scope.examples()));
    try {
      return new DeclaredBudget(scope, TermsReader.read(terms));
    } catch (BadTerms e) {
      throw wrong(lines.getOrDefault(e.field(), line), scope + ": " + e.sentence());
    }
  }

  private static int line(JsonParser parser) {
    return parser.currentTokenLocation().getLineNr();
  }

  private ConfigurationException wrong(int line, String what) {
    return new ConfigurationException(file + ":" + line + ": " + what);
  }
}
