package dev.flotilla.tests.clients;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;

/** A user's program. One thread at a time. */
public interface Program extends AutoCloseable {
  ObjectMapper JSON = new ObjectMapper();

  /** A PNG with one pixel, in base64. */
  String PICTURE =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

  /** The id that some model gave to a call of a tool; not every provider would take it as it is. */
  String CALL = "functions.weather:0";

  /** How upstreams that speak Anthropic's dialect sign a thought in these tests. */
  String SIGNATURE = "c2lnbmVkIGhlcmU=";

  /**
   * Does it. Whatever the library throws is a part of the outcome.
   *
   * @param text what the user says
   * @param heard run when the first text of a stream has come
   */
  Outcome play(Act act, String model, String text, Runnable heard);

  @Override
  void close();

  /**
   * Where the fleet is and what opens it.
   *
   * @param url without a path
   */
  record Door(URI url, String key) {
    /** As clients of OpenAI write it. */
    String openAiUrl() {
      return url.resolve("/v1").toString();
    }
  }

  /** What a tool answers. */
  static String weatherIn(String city) {
    return "31 degrees in " + city;
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }
}
