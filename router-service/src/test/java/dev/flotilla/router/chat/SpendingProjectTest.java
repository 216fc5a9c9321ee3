package dev.flotilla.router.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.flotilla.kit.identity.Caller;
import dev.flotilla.router.Requests;
import dev.flotilla.router.door.KeyPolicy;
import dev.flotilla.router.exchange.Hints;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SpendingProjectTest {
  private static final KeyPolicy KEPT = new KeyPolicy(null, null, true, Hints.NONE);

  private final KnownProjects known = new KnownProjects();

  @Test
  void a_request_spends_for_the_project_it_names_else_for_its_keys() {
    assertEquals("web", project("{}", "web", KeyPolicy.NONE));
    assertEquals("app", project("{\"project\":\"app\"}", "web", KeyPolicy.NONE));
    assertEquals("app", project("{\"project\":\"app\"}", null, KeyPolicy.NONE));
    assertEquals("web", project("{\"project\":\"web\"}", "web", KEPT));
  }

  @Test
  void a_key_kept_to_its_project_is_refused_elsewhere() {
    assertEquals("403 project_not_allowed", refusal("{\"project\":\"app\"}", KEPT));
  }

  @Test
  void a_team_cannot_name_a_project_per_request_without_end() {
    for (int i = 0; i < KnownProjects.MOST; i++) {
      assertEquals("p" + i, project("{\"project\":\"p" + i + "\"}", "web", KeyPolicy.NONE));
    }
    assertEquals("400 too_many_projects", refusal("{\"project\":\"more\"}", KeyPolicy.NONE));
    // Those that are known go on, and so does its key's own.
    assertEquals("p7", project("{\"project\":\"p7\"}", "web", KeyPolicy.NONE));
    assertEquals("web", project("{\"project\":\"web\"}", "web", KeyPolicy.NONE));
  }

  @Test
  void what_no_header_could_carry_is_no_project() {
    assertEquals("400 invalid_project", refusal("{\"project\":\"a b\"}", KeyPolicy.NONE));
    assertEquals("400 invalid_project", refusal("{\"project\":\"\\r\\nx: y\"}", KeyPolicy.NONE));
    assertEquals("400 invalid_project", refusal("{\"project\":\"\"}", KeyPolicy.NONE));
  }

  private @Nullable String project(String metadata, @Nullable String ofKey, KeyPolicy policy) {
    return assertInstanceOf(SpendingProject.Of.class, spending(metadata, ofKey, policy))
        .caller()
        .project();
  }

  private String refusal(String metadata, KeyPolicy policy) {
    var error =
        assertInstanceOf(SpendingProject.Refused.class, spending(metadata, "web", policy)).error();
    return error.status() + " " + error.code();
  }

  private SpendingProject spending(String metadata, @Nullable String ofKey, KeyPolicy policy) {
    var request =
        Requests.of(
            "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"metadata\":"
                + metadata
                + "}");
    return SpendingProject.of(
        request, new Caller("growth", "k_1", ofKey, Set.of("caller"), List.of("*")), policy, known);
  }
}
