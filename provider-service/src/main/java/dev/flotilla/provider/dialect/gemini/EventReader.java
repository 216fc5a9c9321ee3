package dev.flotilla.provider.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.dialect.AnswerStream.Part;
import dev.flotilla.provider.dialect.EventStream;
import dev.flotilla.provider.dialect.OpenAiUsage;
import dev.flotilla.provider.dialect.Question;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns events of Gemini's, each of which is a small answer, into OpenAI's chunks. Gemini says with
 * each event what it has counted so far; callers get the last of it in a chunk of its own. Used by
 * one thread.
 */
final class EventReader implements EventStream.Meaning {
  private final Question question;
  private final ObjectNode request;
  private final Instant now;
  private final Map<Integer, CandidateReader> candidates = new HashMap<>();
  private final Map<Integer, String> signatures = new HashMap<>();
  private final Set<Integer> finished = new HashSet<>();
  private @Nullable ObjectNode frame;

  EventReader(Question question, ObjectNode request, Instant now) {
    this.question = question;
    this.request = request;
    this.now = now;
  }

  @Override
  public List<Part> of(SseEvent event) throws NotJson {
    if (event.data().isBlank()) {
      return List.of(new Part.Alive());
    }
    JsonNode body = Json.parse(event.data());
    if (!body.isObject()) {
      return List.of(new Part.Broken("the provider sent something that is no answer"));
    }
    if (body.path("error").isObject()) {
      return List.of(
          new Part.Broken(
              "the provider reported an error in the middle of its answer",
              RefusalReader.read(question.model(), request, body.path("error"))));
    }
    if (frame == null) {
      frame = AnswerReader.frame(body, question, now).put("object", "chat.completion.chunk");
    }
    var parts = new ArrayList<Part>();
    boolean whole = true;
    reader(0, parts);
    if (AnswerReader.isBlocked(body)) {
      finish(0, FinishReason.FILTERED, parts);
    }
    int number = 0;
    for (JsonNode candidate : body.path("candidates")) {
      whole &= add(reader(candidate.path("index").asInt(number++), parts), candidate, parts);
    }
    count(UsageReader.read(body.path("usageMetadata")), !whole, parts);
    if (!whole) {
      parts.add(new Part.Broken("the model gave up in the middle of its answer"));
    }
    return parts;
  }

  @Override
  public Part atEnd() {
    // Gemini has no last event: that each candidate said why it stopped is all there is.
    return !candidates.isEmpty() && finished.containsAll(candidates.keySet())
        ? new Part.End()
        : new Part.Broken("the stream ended before the model did");
  }

  /** The candidate's reader; the first time also the chunk that opens its choice. */
  private CandidateReader reader(int index, List<Part> parts) {
    return candidates.computeIfAbsent(
        index,
        i -> {
          delta(i, null, parts).put("role", "assistant").put("content", "");
          return new CandidateReader(frame().path("id").textValue(), i);
        });
  }

  /** False when what the candidate said is no answer. */
  private boolean add(CandidateReader reader, JsonNode candidate, List<Part> parts) {
    Said said = reader.read(candidate);
    int index = reader.index();
    if (!said.thoughts().isEmpty()) {
      delta(index, null, parts).put("reasoning_content", said.thoughts());
    }
    if (!said.text().isEmpty()) {
      delta(index, null, parts).put("content", said.text());
    }
    int number = reader.calls() - said.calls().size();
    for (ObjectNode call : said.calls()) {
      ObjectNode numbered = Json.object().put("index", number++);
      delta(index, null, parts).putArray("tool_calls").add(numbered.setAll(call));
    }
    if (said.signature() != null) {
      signatures.put(index, said.signature());
    }
    if (!candidate.path("finishReason").isTextual()) {
      return !said.strange();
    }
    String reason = reader.finish(candidate);
    if (reason == null || said.strange()) {
      return false;
    }
    finish(index, reason, parts);
    return true;
  }

  /** The signature of the text comes here, once: whoever puts the chunks together joins texts. */
  private void finish(int index, String reason, List<Part> parts) {
    if (finished.add(index)) {
      Signature.show(delta(index, reason, parts), signatures.get(index));
    }
  }

  /** The count is for the caller when nothing more is to be written. */
  private void count(@Nullable ObjectNode usage, boolean last, List<Part> parts) {
    AttemptUsage counted =
        usage == null ? null : OpenAiUsage.read(usage, question.model().contextTokens());
    if (counted == null) {
      return;
    }
    if (last || !finished.isEmpty()) {
      ObjectNode chunk = frame().deepCopy();
      chunk.putArray("choices");
      chunk.set("usage", usage);
      parts.add(new Part.Chunk(chunk));
    } else {
      parts.add(new Part.Counted(counted));
    }
  }

  private ObjectNode delta(int index, @Nullable String finish, List<Part> parts) {
    ObjectNode chunk = frame().deepCopy();
    ObjectNode choice = chunk.putArray("choices").addObject().put("index", index);
    ObjectNode delta = choice.putObject("delta");
    choice.putNull("logprobs").put("finish_reason", finish);
    parts.add(new Part.Chunk(chunk));
    return delta;
  }

  private ObjectNode frame() {
    if (frame == null) {
      throw new IllegalStateException("no event has come yet");
    }
    return frame;
  }
}
