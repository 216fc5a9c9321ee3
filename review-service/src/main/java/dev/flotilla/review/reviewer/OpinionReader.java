package dev.flotilla.review.reviewer;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** Reads answers strictly by the schema that reviewers are given. Thread-safe. */
final class OpinionReader {
  /** More would not help a model to repair its answer. */
  private static final int MOST_ERRORS = 10;

  private final Schema schema;

  OpinionReader(JsonNode schema) {
    this.schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(schema);
  }

  Reading read(String answer) {
    JsonNode tree;
    try {
      tree = Json.parseObject(answer.getBytes(StandardCharsets.UTF_8));
    } catch (NotJson e) {
      return new Reading.Invalid("not JSON: " + e.getMessage());
    }
    List<Error> errors = schema.validate(tree);
    if (!errors.isEmpty()) {
      return new Reading.Invalid(
          errors.stream()
              .limit(MOST_ERRORS)
              .map(error -> error.getInstanceLocation() + " " + error.getKeyword())
              .collect(Collectors.joining("; ", "these places break these rules: ", "")));
    }
    return new Reading.Valid(OpinionJson.read(tree));
  }
}
