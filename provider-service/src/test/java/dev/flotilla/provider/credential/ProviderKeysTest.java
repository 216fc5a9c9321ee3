package dev.flotilla.provider.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.settings.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProviderKeysTest {
  @TempDir Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private final AtomicLong now = new AtomicLong();
  private final List<String> replaced = new ArrayList<>();
  private final ProviderKeys keys =
      new ProviderKeys(environment::get, Duration.ofSeconds(2), now::get, replaced::add);

  @Test
  void a_key_stands_in_its_variable_or_in_the_file_that_another_one_names() throws Exception {
    environment.put("OPENAI_API_KEY", "sk-in-the-environment");
    assertEquals("sk-in-the-environment", keys.apply("OPENAI_API_KEY"));
    assertFalse(keys.has("GEMINI_API_KEY"));
    Path file = Files.writeString(folder.resolve("key"), "sk-in-the-file\n");
    environment.put("OPENAI_API_KEY_FILE", file.toString());
    assertEquals("sk-in-the-file", keys.apply("OPENAI_API_KEY"), "the file comes first");
    assertTrue(keys.has("OPENAI_API_KEY"));
    assertEquals("***", keys.toString());
  }

  @Test
  void a_new_key_in_the_file_holds_soon_and_who_waits_for_it_is_told() throws Exception {
    Path file = Files.writeString(folder.resolve("key"), "sk-one");
    environment.put("K_FILE", file.toString());
    assertEquals("sk-one", keys.apply("K"));
    Files.writeString(file, "sk-two");
    assertEquals("sk-one", keys.apply("K"), "not looked at yet");
    now.addAndGet(Duration.ofSeconds(3).toNanos());
    assertEquals("sk-two", keys.apply("K"));
    assertEquals(List.of("K"), replaced);
  }

  @Test
  void a_file_that_is_gone_or_empty_changes_nothing() throws Exception {
    Path file = Files.writeString(folder.resolve("key"), "sk-one");
    environment.put("K_FILE", file.toString());
    assertEquals("sk-one", keys.apply("K"));
    Files.writeString(file, " \n");
    now.addAndGet(Duration.ofSeconds(3).toNanos());
    assertEquals("sk-one", keys.apply("K"));
    Files.delete(file);
    now.addAndGet(Duration.ofSeconds(3).toNanos());
    assertEquals("sk-one", keys.apply("K"));
    assertEquals(List.of(), replaced);
  }

  @Test
  void a_file_that_never_held_a_key_is_refused_by_name() {
    environment.put("K_FILE", folder.resolve("nowhere").toString());
    var e = assertThrows(ConfigurationException.class, () -> keys.apply("K"));
    assertTrue(String.valueOf(e.getMessage()).contains("K_FILE names"), e.getMessage());
  }
}
