package dev.flotilla.review.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifiersTest {
  @TempDir Path configuration;
  private Verifiers verifiers;

  @BeforeEach
  void withoutAnyConfiguration() {
    verifiers = Verifiers.open(configuration);
  }

  @Test
  void non_empty_wants_more_than_space() {
    assertTrue(passes("'non-empty'", "a"));
    assertFalse(passes("'non-empty'", " \n\t"));
  }

  @Test
  void json_parses_wants_one_value_and_nothing_around_it() {
    assertTrue(passes("'json-parses'", "{'a': [1, 2.50]}".replace('\'', '"')));
    assertTrue(passes("'json-parses'", "null"));
    for (String broken : List.of("", "{'a': 1", "{} {}", "```json\n{}\n```", "{a: 1}", "[1,]")) {
      assertFalse(passes("'json-parses'", broken), broken);
    }
    assertFalse(passes("'json-parses'", "[".repeat(100_000)), "too deep");
  }

  @Test
  void json_schema_says_where_it_is_not_kept() {
    String asked =
        "{'name': 'json-schema', 'schema': {'type': 'object', 'required': ['score'], 'properties': {'score': {'type': 'number'}}}}";
    assertTrue(passes(asked, "{\"score\": 1}"));
    Verified broken = verify(asked, "{\"score\": \"high\"}");
    assertFalse(broken.passed());
    assertTrue(broken.detail().startsWith("/score: "), broken.detail());
    assertFalse(passes(asked, "score: 1"));
    assertTrue(refusal("'json-schema'").contains("json-schema.schema is missing"));
    assertTrue(
        refusal("{'name': 'json-schema', 'schema': {'type': 'objekt'}}")
            .contains("is no JSON Schema"));
  }

  @Test
  void regex_is_found_or_absent_and_always_decided() {
    assertTrue(passes("{'name': 'regex', 'pattern': '^## Summary$'}", "# Title\n## Summary\n"));
    assertFalse(passes("{'name': 'regex', 'pattern': '^## Summary$'}", "# Title\n"));
    assertTrue(passes("{'name': 'regex', 'pattern': 'TODO', 'is': 'absent'}", "done"));
    assertFalse(passes("{'name': 'regex', 'pattern': 'TODO', 'is': 'absent'}", "TODO"));
    Verified endless =
        verify(
            "{'name': 'regex', 'pattern': '(.*)*(.*)*(.*)*\\\\3b$', 'is': 'absent'}",
            "a".repeat(5000));
    assertFalse(endless.passed());
    assertTrue(endless.detail().contains("takes too long"), endless.detail());
    Verified deep = verify("{'name': 'regex', 'pattern': '(a|b)*c'}", "ab".repeat(100_000));
    assertFalse(deep.passed());
    assertTrue(refusal("{'name': 'regex', 'pattern': '('}").contains("is no regular expression"));
    assertTrue(
        refusal("{'name': 'regex', 'pattern': 'a', 'is': 'there'}")
            .contains("is none of [found, absent]"));
  }

  @Test
  void forbidden_terms_are_words_of_their_own_however_they_are_written() {
    String asked = "{'name': 'forbidden-terms', 'terms': ['Competitor', 'free trial', 'straße']}";
    assertTrue(passes(asked, "Our competitors offer freedom and trials."));
    assertEquals(
        "it has Competitor, free trial", verify(asked, "A COMPETITOR's free\n trial!").detail());
    assertFalse(passes(asked, "Ｃｏｍｐｅｔｉｔｏｒ"));
    assertFalse(passes(asked, "STRASSE straße"));
    assertTrue(refusal("{'name': 'forbidden-terms', 'terms': []}").contains("1 to 200 strings"));
  }

  @Test
  void max_words_counts_what_people_call_words() {
    assertTrue(passes("{'name': 'max-words', 'most': 3}", "one, two -- three!"));
    assertEquals(
        "4 words, and 3 are allowed",
        verify("{'name': 'max-words', 'most': 3}", "one two three four").detail());
    assertFalse(passes("{'name': 'max-words', 'most': 3}", "これは日本語の文章です"));
    assertTrue(refusal("'max-words'").contains("max-words.most is no whole number"));
    assertTrue(refusal("{'name': 'max-words', 'most': 2.5}").contains("from 1 to 1000000"));
    assertTrue(
        refusal("{'name': 'max-words', 'most': 2, 'least': 1}")
            .contains("max-words.least is not known; its parameters are [most]"));
  }

  @Test
  void language_tells_eight_apart_by_their_small_words() {
    List<List<String>> texts =
        List.of(
            List.of(
                "en",
                "The committee has decided that the proposal will be discussed again at the next meeting, because there were too many open questions about what it would cost."),
            List.of(
                "de",
                "Der Ausschuss hat beschlossen, dass der Vorschlag bei der nächsten Sitzung noch einmal besprochen wird, weil es zu viele offene Fragen zu den Kosten gab."),
            List.of(
                "fr",
                "Le comité a décidé que la proposition sera discutée de nouveau lors de la prochaine réunion, parce qu'il y avait trop de questions ouvertes sur les coûts."),
            List.of(
                "es",
                "El comité ha decidido que la propuesta se discutirá de nuevo en la próxima reunión, porque había demasiadas preguntas abiertas sobre lo que costaría y quién pagaría."),
            List.of(
                "it",
                "Il comitato ha deciso che la proposta sarà discussa di nuovo nella prossima riunione, perché c'erano troppe domande aperte su quanto costerebbe e su chi la pagherebbe."),
            List.of(
                "pt",
                "O comité decidiu que a proposta será discutida de novo na próxima reunião, porque havia demasiadas perguntas em aberto sobre os custos e não se sabia quem os pagaria."),
            List.of(
                "nl",
                "De commissie heeft besloten dat het voorstel tijdens de volgende vergadering opnieuw wordt besproken, omdat er nog te veel open vragen over de kosten waren."),
            List.of(
                "sv",
                "Utskottet har beslutat att förslaget ska diskuteras igen vid nästa möte, eftersom det fanns för många öppna frågor om vad det skulle kosta och vem som ska betala."));
    for (List<String> text : texts) {
      for (List<String> other : texts) {
        Verified verified = language(other.getFirst(), text.getLast());
        assertEquals(text.equals(other), verified.passed(), text + " " + verified);
      }
    }
  }

  @Test
  void language_tells_scripts_apart_and_does_not_guess() {
    assertTrue(language("ja", "これは日本語で書かれた短い文章です。").passed());
    assertFalse(language("zh", "これは日本語で書かれた短い文章です。").passed());
    assertTrue(language("zh", "这是一段用中文写的短文字，没有别的。").passed());
    assertFalse(language("ja", "这是一段用中文写的短文字，没有别的。").passed());
    assertTrue(language("ko", "이것은 한국어로 쓴 짧은 글입니다.").passed());
    assertTrue(language("el", "Αυτό είναι ένα σύντομο κείμενο στα ελληνικά.").passed());
    assertFalse(language("en", "Это короткий текст на русском языке.").passed());
    assertTrue(language("en", "Fine, thanks.").detail().startsWith("there is too little text"));
    assertTrue(language("en", "4711 !").detail().startsWith("there is too little text"));
    assertTrue(refusal("{'name': 'language', 'is': 'ru'}").contains("is none of [de, el, en, es"));
  }

  @Test
  void secrets_are_found_by_their_form_and_never_quoted() {
    // Put together here, so that no scanner takes this file for a leak.
    List<String> secrets =
        List.of(
            "sk-" + "proj-Abc123Abc123Abc123Abc123",
            "sk-" + "ant-api03-Abc123Abc123Abc123Abc123",
            "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
            "AKIA" + "IOSFODNN7ABCDEFG",
            "ghp_" + "abcdefghijklmnopqrstuvwxyz0123456789",
            "xoxb-" + "123456789012-abcdefghijkl",
            "-----BEGIN " + "RSA PRIVATE KEY-----",
            "eyJhbGciOiJIUzI1NiJ9."
                + "eyJzdWIiOiIxMjM0NTY3ODkwIn0."
                + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
            "postgres://app:" + "hunter22@db.internal/app",
            "password = \"" + "correct-horse\"");
    for (String secret : secrets) {
      Verified verified = verify("'secrets-absent'", "first line\nuse " + secret + " here");
      assertFalse(verified.passed(), secret);
      assertTrue(verified.detail().contains("in line 2"), verified.detail());
      assertFalse(verified.detail().contains(secret), verified.detail());
      assertEquals(1, verified.detail().split(";").length, verified.detail());
    }
    for (String harmless :
        List.of(
            "password = \"${DB_PASSWORD}\"",
            "api_key: \"<your key>\"",
            "secret = \"changeme-please\"",
            "the task-force has a sk-eleton key",
            "https://example.com/a@b",
            "the password is kept in the vault")) {
      assertTrue(passes("'secrets-absent'", harmless), harmless);
    }
  }

  @Test
  void personal_data_is_found_by_its_form_and_its_check_digits() {
    for (String data :
        List.of(
            "jane.doe@acme.io",
            "DE89 3704 0044 0532 0130 00",
            "4111 1111 1111 1111",
            "536-22-8726",
            "+49 30 901820",
            "(415) 555-2671")) {
      Verified verified = verify("'pii-absent'", "one\ntwo " + data + " end");
      assertFalse(verified.passed(), data);
      assertTrue(verified.detail().contains("in line 2"), verified.detail());
      assertFalse(verified.detail().contains(data), verified.detail());
    }
    for (String harmless :
        List.of(
            "write to support@example.com",
            "order 4111 1111 1111 1112",
            "version 1.2.3 of 2026-11-22 10:30:00",
            "build 20261122103000",
            "000-12-3456")) {
      assertTrue(passes("'pii-absent'", harmless), harmless + verify("'pii-absent'", harmless));
    }
    assertTrue(
        passes(
            "{'name': 'pii-absent', 'except': ['card', 'phone']}", "DE89 3704 0044 0532 0130 01"));
    assertTrue(passes("{'name': 'pii-absent', 'except': ['email']}", "jane.doe@acme.io"));
    assertTrue(
        refusal("{'name': 'pii-absent', 'except': ['names']}")
            .contains("others than [email, iban, card, us-ssn, phone]"));
  }

  @Test
  void java_compiles_against_the_jdk_alone_and_runs_nothing() throws IOException {
    assertTrue(passes("'java-compiles'", "public class Anything { java.util.List<String> all; }"));
    Verified broken = verify("'java-compiles'", "class A {\n  int a = \"b\";\n}");
    assertFalse(broken.passed());
    assertTrue(broken.detail().startsWith("line 2: incompatible types"), broken.detail());
    String many = "class A {\n" + "  int a() { return \"b\"; }\n".repeat(50) + "}";
    assertEquals(5, verify("'java-compiles'", many).detail().split("; ").length);
    assertFalse(
        passes("'java-compiles'", "class A { dev.flotilla.kit.json.Json ours; }"),
        "it must not see the service");
    assertFalse(verify("'java-compiles'", "class A {}", "diff").passed());
    Path planted = configuration.resolve("planted");
    assertTrue(
        passes(
            "'java-compiles'",
            "class A { static { try { java.nio.file.Files.createFile(java.nio.file.Path.of(\"%s\")); } catch (Exception e) { throw new Error(e); } } }"
                .formatted(planted)));
    assertFalse(Files.exists(planted));
    assertTrue(
        verify("'java-compiles'", "class A { int a = " + "(".repeat(50_000) + "1; }")
            .detail()
            .startsWith("the compiler gave up"));
  }

  @Test
  void without_named_hosts_no_link_is_followed() {
    assertTrue(passes("'links-resolve'", "no links"));
    Verified verified = verify("'links-resolve'", "see https://example.com/a.");
    assertFalse(verified.passed());
    assertEquals(
        "https://example.com/a leads to a host that is not named in verifiers.yaml",
        verified.detail());
    assertEquals(
        "0 links resolve, 1 to other hosts not asked",
        verify("{'name': 'links-resolve', 'others': 'ignore'}", "see https://example.com/a.")
            .detail());
  }

  @Test
  void what_cannot_be_asked_for_is_refused_with_what_there_is() {
    assertTrue(
        refusal("'spelling'")
            .contains(
                "there are [forbidden-terms, java-compiles, json-parses, json-schema, language, links-resolve, max-words, non-empty, pii-absent, regex, secrets-absent]"));
    assertTrue(
        refusal("{'name': 'non-empty', 'least': 3}")
            .contains("non-empty.least is not known; it has no parameters"));
    assertTrue(refusal("7").contains("write a name"));
    assertTrue(refusal("{'most': 3}").contains("write a name"));
    assertThrows(BadVerifier.class, () -> verifiers.asked(Json.parse("\"non-empty\"")));
    assertThrows(
        BadVerifier.class,
        () -> verifiers.asked(Json.parse("[" + "\"non-empty\",".repeat(20) + "\"non-empty\"]")));
  }

  /** Each made to have one of the verifiers look at everything again from every place. */
  @Test
  void hostile_texts_of_the_longest_kind_are_judged_in_time() throws Exception {
    List<Verifier> asked =
        verifiers.asked(
            Json.parse(
                "[\"non-empty\",\"json-parses\",\"secrets-absent\",\"pii-absent\",\"links-resolve\",{\"name\":\"language\",\"is\":\"en\"},{\"name\":\"max-words\",\"most\":9},{\"name\":\"forbidden-terms\",\"terms\":[\"aab\"]}]"));
    for (String piece :
        List.of(
            "a",
            "eyJ-",
            "a@",
            "a.b@c.",
            "1 ",
            "4111-",
            "https://a/.",
            "`",
            "```",
            "((",
            "{\"a\":",
            "password=\"")) {
      String text = piece.repeat(400_000 / piece.length());
      List<Verified> results =
          Verification.of(asked, new Artifact("text", text), Deadline.in(Duration.ofSeconds(20)))
              .results();
      assertTrue(
          results.stream().noneMatch(each -> each.detail().startsWith("not verified")),
          piece + results);
    }
    String dots = "https://a" + ".".repeat(400_000);
    assertFalse(passes("'links-resolve'", dots));
  }

  @Test
  void all_are_asked_at_once_and_answer_in_their_order() throws Exception {
    List<Verifier> asked =
        verifiers.asked(Json.parse("[\"json-parses\", \"java-compiles\", \"non-empty\"]"));
    List<Verified> results =
        Verification.of(asked, new Artifact("text", "x"), Deadline.in(Duration.ofSeconds(30)))
            .results();
    assertEquals(
        List.of("json-parses", "java-compiles", "non-empty"),
        results.stream().map(Verified::name).toList());
    assertEquals(List.of(false, false, true), results.stream().map(Verified::passed).toList());
  }

  @Test
  void what_is_not_known_at_the_deadline_has_not_passed() {
    var late =
        new Verifier() {
          @Override
          public String name() {
            return "late";
          }

          @Override
          public Verified verify(Artifact artifact, Deadline deadline) {
            java.util.concurrent.locks.LockSupport.park();
            return passed("after all");
          }
        };
    assertEquals(
        List.of(new Verified("late", false, "not verified within the review's deadline")),
        Verification.of(
                List.of(late), new Artifact("text", "x"), Deadline.in(Duration.ofMillis(50)))
            .results());
  }

  private Verified language(String wanted, String text) {
    return verify("{'name': 'language', 'is': '" + wanted + "'}", text);
  }

  private boolean passes(String asked, String content) {
    return verify(asked, content).passed();
  }

  private Verified verify(String asked, String content) {
    return verify(asked, content, "text");
  }

  private Verified verify(String asked, String content, String type) {
    try {
      return Verification.of(
              verifiers.asked(Json.parse("[" + asked.replace('\'', '"') + "]")),
              new Artifact(type, content),
              Deadline.in(Duration.ofSeconds(60)))
          .results()
          .getFirst();
    } catch (Exception e) {
      throw new AssertionError(asked, e);
    }
  }

  private String refusal(String asked) {
    return assertThrows(
            BadVerifier.class,
            () -> verifiers.asked(Json.parse("[" + asked.replace('\'', '"') + "]")))
        .getMessage();
  }
}
