package dev.flotilla.router.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import java.util.List;

/** A JSON Schema somebody brought along. Whatever is in it, judging by it ends. Thread-safe. */
final class CheckedSchema {
  static final String RULE = "json_schema";

  private static final int MOST_ERRORS = 10;

  private final Schema schema;

  CheckedSchema(Schema schema) {
    this.schema = schema;
  }

  List<BrokenRule> brokenBy(JsonNode tree) {
    try {
      return schema.validate(tree).stream().limit(MOST_ERRORS).map(CheckedSchema::broken).toList();
    } catch (PatientText.Exhausted e) {
      return List.of(new BrokenRule(RULE, "a pattern of the schema takes too long to decide"));
    } catch (StackOverflowError endless) {
      return List.of(new BrokenRule(RULE, "the schema refers to itself without end"));
    }
  }

  private static BrokenRule broken(Error error) {
    String place = String.valueOf(error.getInstanceLocation());
    return new BrokenRule(RULE, (place.isEmpty() ? "/" : place) + ": " + error.getMessage());
  }
}
