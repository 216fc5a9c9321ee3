package dev.flotilla.router.pipeline.interpreter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.catalog.Money;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.json.Json;
import dev.flotilla.pipelines.definition.Action.ModelCall;
import dev.flotilla.pipelines.definition.Escalation;
import dev.flotilla.pipelines.definition.Message;
import dev.flotilla.pipelines.definition.OnInvalid;
import dev.flotilla.pipelines.definition.Output;
import dev.flotilla.pipelines.definition.Part;
import dev.flotilla.pipelines.definition.Target;
import dev.flotilla.pipelines.pricing.CallCeiling;
import dev.flotilla.pipelines.template.DataBlock;
import dev.flotilla.pipelines.template.Reference;
import dev.flotilla.pipelines.template.RenderFailed;
import dev.flotilla.pipelines.template.Template;
import dev.flotilla.router.chat.Brought;
import dev.flotilla.router.chat.Errand;
import dev.flotilla.router.chat.Errands;
import dev.flotilla.router.exchange.BestEffort;
import dev.flotilla.router.exchange.CacheUse;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.exchange.Hints;
import dev.flotilla.router.exchange.Purpose;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.pipeline.journal.Attempt;
import dev.flotilla.router.pipeline.journal.Ended.ModelAnswer;
import dev.flotilla.router.routing.RoutePolicy;
import dev.flotilla.router.validation.BrokenRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Asks a model, on the road that a caller's own request takes. Thread-safe. */
final class ModelAction {
  /** What our own words around a request may differ from those that are priced. */
  private static final int SLACK_BYTES = 256;

  private final Errands errands;
  private final Judge judge;
  private final Duration longest;

  /**
   * @param longest most time for one answer when a step says nothing
   */
  ModelAction(Errands errands, Judge judge, Duration longest) {
    this.errands = errands;
    this.judge = judge;
    this.longest = longest;
  }

  /** What a model is asked; the same for the same try of a run, wherever it is made. */
  record Question(ChatRequest request, List<Model> candidates) {}

  /** Either a question, or why there is none. */
  sealed interface Asked {
    record Ready(Question question) implements Asked {}

    record Not(ObjectNode error) implements Asked {}
  }

  /** The words of a try's prompt, for its hash. */
  static String promptOf(Asked asked) {
    return asked instanceof Asked.Ready(var question)
        ? Json.text(question.request().body().path("messages"))
        : "";
  }

  /** Puts together what is asked. */
  Asked ask(Try attempt, ModelCall action) {
    ArrayNode messages;
    try {
      messages = messages(attempt, action);
    } catch (RenderFailed e) {
      return new Asked.Not(Errors.of("prompt_failed", String.valueOf(e.getMessage())));
    }
    // The strictest form that any of those who may be asked can keep to.
    Asked asked = new Asked.Not(Errors.of("nobody_asked", "Nobody can be asked."));
    for (String form : forms(attempt.step().output())) {
      asked = ask(attempt, action, messages, form);
      if (asked instanceof Asked.Ready || !isOfForm(asked)) {
        return asked;
      }
    }
    return asked;
  }

  private static boolean isOfForm(Asked asked) {
    return asked instanceof Asked.Not(var error)
        && error.path("code").asText().equals("unsupported_parameter");
  }

  private static List<String> forms(Output output) {
    return switch (output) {
      case Output.Text() -> List.of("text");
      case Output.Json() -> List.of("json_object", "text");
      case Output.Schema schema -> List.of("json_schema", "json_object", "text");
    };
  }

  private Asked ask(Try attempt, ModelCall action, ArrayNode messages, String form) {
    ObjectNode body = Json.object();
    ArrayNode all = body.putArray("messages");
    String told = told(attempt.step().output(), form);
    if (told != null) {
      all.addObject().put("role", "system").put("content", told);
    }
    all.addAll(messages);
    body.put("max_tokens", action.maxTokens());
    if (action.temperature() != null) {
      body.put("temperature", action.temperature());
    }
    if (!form.equals("text")) {
      ObjectNode format = body.putObject("response_format").put("type", form);
      if (form.equals("json_schema")
          && attempt.step().output() instanceof Output.Schema(JsonNode schema, var check)) {
        ObjectNode named = format.putObject("json_schema").put("name", attempt.step().id());
        named.put("strict", false).set("schema", schema);
      }
    }
    if (attempt.going().run().streams() && action.stream()) {
      body.put("stream", true).putObject("stream_options").put("include_usage", true);
    }
    return aimed(attempt, action, body);
  }

  /** Who is asked, given what came of the tries before. */
  private Asked aimed(Try attempt, ModelCall action, ObjectNode body) {
    List<String> fallbacks = List.of();
    switch (action.target()) {
      case Target.Auto() -> body.put("model", RoutePolicy.AUTO);
      case Target.ByTaskType(String type, List<String> others) -> {
        body.put("model", RoutePolicy.AUTO + "/" + type);
        fallbacks = others;
      }
      case Target.ByModel(var type, String model, List<String> others) -> {
        body.put("model", model);
        fallbacks = others;
      }
    }
    List<Attempt> invalid = attempt.invalid();
    if (!invalid.isEmpty() && attempt.step().onInvalid() == OnInvalid.ESCALATE) {
      body.put("model", RoutePolicy.AUTO + "/" + stronger(action.target(), invalid.size()));
      fallbacks = List.of();
    }
    var request = new ChatRequest(body, hints(attempt, action, fallbacks));
    return switch (errands.candidates(request, attempt.going().caller().caller())) {
      case Errands.Candidates.None(var error) -> new Asked.Not(Errors.of(error));
      case Errands.Candidates.Known(var models) ->
          invalid.isEmpty() || attempt.step().onInvalid() != OnInvalid.NEXT
              ? new Asked.Ready(new Question(request, models))
              : after(invalid, request, models);
    };
  }

  /** Those who come after whoever gave the last answer that was not accepted. */
  private static Asked after(List<Attempt> invalid, ChatRequest request, List<Model> models) {
    String last = invalid.getLast().model();
    int at = 0;
    while (at < models.size() && !models.get(at).id().equals(last)) {
      at++;
    }
    List<Model> left = at + 1 < models.size() ? models.subList(at + 1, models.size()) : List.of();
    if (left.isEmpty()) {
      return new Asked.Not(
          Errors.of(
              Errors.INVALID_OUTPUT, "No candidate is left that has not given such an answer."));
    }
    ObjectNode body = Json.object().setAll(request.body());
    body.put("model", left.getFirst().id());
    left.stream().skip(1).map(Model::id).forEach(body.putArray("models")::add);
    Hints hints = request.hints();
    return new Asked.Ready(
        new Question(new ChatRequest(body, withFallbacks(hints, List.of())), left));
  }

  private static Hints hints(Try attempt, ModelCall action, List<String> fallbacks) {
    return new Hints(
        null,
        null,
        fallbacks,
        null,
        action.cache() ? CacheUse.DEFAULT : CacheUse.OFF,
        null,
        null,
        // What becomes of an answer that is not good enough is the step's own on_invalid.
        BestEffort.NONE,
        null,
        null,
        attempt.going().tags());
  }

  private static Hints withFallbacks(Hints hints, List<String> fallbacks) {
    return new Hints(
        hints.taskType(),
        hints.qualityThreshold(),
        fallbacks,
        hints.maxCostNanos(),
        hints.cache(),
        hints.timeout(),
        hints.validate(),
        hints.bestEffort(),
        hints.onExhausted(),
        hints.dryRun(),
        hints.tags());
  }

  private static Hints withMost(Hints hints, long nanos) {
    return new Hints(
        hints.taskType(),
        hints.qualityThreshold(),
        hints.fallbacks(),
        nanos,
        hints.cache(),
        hints.timeout(),
        hints.validate(),
        hints.bestEffort(),
        hints.onExhausted(),
        hints.dryRun(),
        hints.tags());
  }

  /** The strongest at most. */
  private static String stronger(Target target, int steps) {
    String from =
        switch (target) {
          case Target.Auto() -> TaskType.STANDARD.word();
          case Target.ByTaskType(String type, var others) -> type;
          case Target.ByModel(var type, var model, var others) ->
              type == null ? TaskType.COMPLEX.word() : type;
        };
    List<String> ladder = Escalation.from(from);
    return ladder.get(Math.min(ladder.size() - 1, steps));
  }

  private static ArrayNode messages(Try attempt, ModelCall action) throws RenderFailed {
    ArrayNode messages = Json.object().arrayNode();
    String system = action.system() == null ? "" : action.system().render(attempt.scope());
    if (usesBlocks(action)) {
      system = system.isEmpty() ? DataBlock.EXPLANATION : system + "\n\n" + DataBlock.EXPLANATION;
    }
    if (!system.isEmpty()) {
      messages.addObject().put("role", "system").put("content", system);
    }
    for (Message message : action.messages()) {
      ObjectNode one = messages.addObject().put("role", message.role());
      content(message.parts(), attempt.scope(), one);
    }
    // A stronger model, or another one, is not told what somebody else did wrong.
    if (attempt.step().onInvalid() == OnInvalid.RETRY && !attempt.invalid().isEmpty()) {
      messages.addObject().put("role", "user").put("content", objection(attempt.invalid()));
    }
    return messages;
  }

  private static String objection(List<Attempt> invalid) {
    var text =
        new StringBuilder(
            "An earlier answer to this was not accepted. Answer again, whole, so that these objections do not apply:");
    String error = invalid.getLast().error();
    Recorded.object(error == null ? "{}" : error)
        .path("broken")
        .forEach(one -> text.append("\n- ").append(one.asText()));
    return text.toString();
  }

  private static boolean usesBlocks(ModelCall action) {
    Stream<Template> texts =
        action.messages().stream()
            .flatMap(message -> message.parts().stream())
            .flatMap(Part::texts);
    Template system = action.system();
    return Stream.concat(texts, system == null ? Stream.of() : Stream.of(system))
        .flatMap(template -> template.references().stream())
        .anyMatch(Reference::asData);
  }

  private static void content(
      List<Part> parts, Map<String, @Nullable Object> scope, ObjectNode into) throws RenderFailed {
    if (parts.size() == 1 && parts.getFirst() instanceof Part.Text(Template text)) {
      into.put("content", text.render(scope));
      return;
    }
    ArrayNode content = into.putArray("content");
    for (Part part : parts) {
      switch (part) {
        case Part.Text(Template text) ->
            content.addObject().put("type", "text").put("text", text.render(scope));
        case Part.Image(Template url) ->
            content
                .addObject()
                .put("type", "image_url")
                .putObject("image_url")
                .put("url", url.render(scope));
        case Part.Audio(Template data, String format) ->
            content
                .addObject()
                .put("type", "input_audio")
                .putObject("input_audio")
                .put("data", data.render(scope))
                .put("format", format);
        case Part.File(Template data, var name) -> {
          ObjectNode file = content.addObject().put("type", "file").putObject("file");
          file.put("file_data", data.render(scope));
          if (name != null) {
            file.put("filename", name.render(scope));
          }
        }
      }
    }
  }

  /** What a model is told that its provider does not make sure of. */
  private static @Nullable String told(Output output, String form) {
    return switch (output) {
      case Output.Text() -> null;
      case Output.Json() -> "Answer with one JSON value and nothing else.";
      case Output.Schema(JsonNode schema, var check) ->
          form.equals("json_schema")
              ? null
              : "Answer with one JSON value that satisfies this JSON Schema, and nothing else:\n"
                  + Json.text(schema);
    };
  }

  /**
   * Asks.
   *
   * @param words told each piece of an answer that is shown while it comes
   */
  Outcome perform(Try attempt, ModelCall action, Question question, Words words) {
    Going going = attempt.going();
    long bytes = Json.bytes(question.request().body()).length + (long) SLACK_BYTES;
    long most = ceiling(question.candidates(), question.request(), bytes);
    // Whoever is asked first must be affordable; with what is left the others may be.
    long least = ceiling(question.candidates().subList(0, 1), question.request(), bytes);
    try (Purse.Reserve reserve = going.purse().reserve(least, most)) {
      if (reserve == null) {
        return new Outcome.Failed(tooDear(going, least), false, List.of());
      }
      ChatRequest request =
          reserve.most().isPresent()
              ? new ChatRequest(
                  question.request().body(),
                  withMost(question.request().hints(), reserve.most().getAsLong()))
              : question.request();
      Brought brought = errands.run(request, errand(attempt), words::piece);
      words.flush();
      reserve.cost(AttemptReport.mostNanos(brought.facts().attempts()));
      return outcome(brought, attempt);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Stop.Leaving();
    }
  }

  private Errand errand(Try attempt) {
    Going going = attempt.going();
    Duration timeout = attempt.step().timeout();
    Deadline deadline = going.deadline(timeout == null ? longest : timeout);
    return new Errand(
        going.caller().caller(),
        going.caller().policy(),
        attempt.requestId(),
        Purpose.step(going.run().pipeline(), going.run().id(), attempt.path()),
        deadline,
        attempt.span(),
        attempt.idempotencyKey(),
        answer -> judge.ofText(text(answer), attempt.step(), attempt.scope()).good());
  }

  private Outcome outcome(Brought brought, Try attempt) {
    List<AttemptReport> calls = brought.facts().attempts();
    return switch (brought) {
      case Brought.Answer(Completion completion, var facts) -> {
        Judge.Verdict verdict = judge.ofText(text(completion), attempt.step(), attempt.scope());
        ModelAnswer answer = answer(facts, completion);
        JsonNode output = verdict.output();
        yield output != null && verdict.broken().isEmpty()
            ? new Outcome.Done(output, answer, calls)
            : new Outcome.Invalid(verdict.broken(), answer, calls);
      }
      case Brought.Later(var error, Duration wait, var facts) ->
          new Outcome.TooSoon(Errors.of(error), wait, calls);
      case Brought.Refused(var error, var broken, boolean mayPass, boolean untold, var facts) ->
          error.code().equals("output_invalid") && !broken.isEmpty()
              ? new Outcome.Invalid(
                  broken.stream().map(BrokenRule::message).toList(),
                  new ModelAnswer(
                      facts.taskType(),
                      facts.attempts().isEmpty() ? null : facts.attempts().getLast().model(),
                      facts.cache(),
                      facts.fallbackCount(),
                      null,
                      null,
                      null,
                      null),
                  calls)
              : untold
                  ? new Outcome.Unknown(Errors.of(error), calls)
                  : new Outcome.Failed(Errors.of(error), mayPass, calls);
    };
  }

  private static ModelAnswer answer(Brought.Facts facts, Completion completion) {
    JsonNode usage = completion.body().path("usage");
    return new ModelAnswer(
        facts.taskType(),
        facts.model(),
        facts.cache(),
        facts.fallbackCount(),
        number(usage.path("prompt_tokens")),
        number(usage.path("completion_tokens")),
        number(usage.at("/prompt_tokens_details/cached_tokens")),
        number(usage.at("/completion_tokens_details/reasoning_tokens")));
  }

  private static @Nullable Long number(JsonNode node) {
    return node.isIntegralNumber() ? node.longValue() : null;
  }

  private static String text(Completion completion) {
    JsonNode content = completion.body().at("/choices/0/message/content");
    if (content.isTextual()) {
      return content.textValue();
    }
    var text = new StringBuilder();
    content.forEach(part -> text.append(part.path("text").asText("")));
    return text.toString();
  }

  /** The most that asking these can cost. */
  private static long ceiling(List<Model> models, ChatRequest request, long bytes) {
    Long asked = request.maxTokens();
    return CallCeiling.nanos(
        models,
        bytes,
        !request.attachments().isEmpty(),
        asked == null ? Long.MAX_VALUE : asked,
        Instant.now());
  }

  private static ObjectNode tooDear(Going going, long least) {
    return Errors.of(
        "max_cost_exceeded",
        "This step may cost "
            + Money.plainUsd(least)
            + " USD, and the run has "
            + Money.plainUsd(Math.max(0, going.purse().left().orElse(0)))
            + " of its max_cost_usd left; it did not begin. Raise budget.max_cost_usd, or lower max_tokens.");
  }

  /** Told the words of an answer while they come. */
  interface Words {
    Words NOBODY =
        new Words() {
          @Override
          public void piece(String text) {}

          @Override
          public void flush() {}
        };

    void piece(String text);

    /** There are no more. */
    void flush();
  }

  /** Names of those who answered these steps, for whoever must not be among them. */
  static List<String> authors(Going going, List<String> keys) {
    var models = new ArrayList<String>();
    for (String key : keys) {
      for (Attempt one : going.tries(key)) {
        String model = one.model();
        if (model != null && !models.contains(model)) {
          models.add(model);
        }
      }
    }
    return List.copyOf(models);
  }
}
