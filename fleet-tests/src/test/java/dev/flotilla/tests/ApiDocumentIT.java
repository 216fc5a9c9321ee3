package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The API's description is what callers were told; a difference to the file is a change of the API.
 */
@ExtendWith(SharedFleet.class)
class ApiDocumentIT {
  private static final Path GOLDEN = FleetUnderTest.TREE.resolve("docs/reference/openapi.json");

  private final FleetUnderTest fleet;

  ApiDocumentIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @Test
  void the_document_in_the_tree_is_the_one_the_router_serves() throws Exception {
    JsonNode served = fleet.get(FleetUnderTest.KEY, "/openapi?format=JSON");
    String pretty =
        FleetUnderTest.JSON
                .writer()
                .with(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(served)
            + "\n";
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(GOLDEN, pretty);
    }
    assertEquals(
        Files.readString(GOLDEN), pretty, "write it anew with -Dsurefire.jvm=-Dgolden.write=true");
  }
}
