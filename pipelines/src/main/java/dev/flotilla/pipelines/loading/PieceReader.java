package dev.flotilla.pipelines.loading;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.pipelines.definition.Action;
import dev.flotilla.pipelines.definition.Content;
import dev.flotilla.pipelines.definition.Each;
import dev.flotilla.pipelines.definition.Message;
import dev.flotilla.pipelines.definition.OnError;
import dev.flotilla.pipelines.definition.OnInvalid;
import dev.flotilla.pipelines.definition.OnUnknown;
import dev.flotilla.pipelines.definition.Output;
import dev.flotilla.pipelines.definition.Part;
import dev.flotilla.pipelines.definition.Rule;
import dev.flotilla.pipelines.definition.Step;
import dev.flotilla.pipelines.definition.Target;
import dev.flotilla.pipelines.definition.Verifying;
import dev.flotilla.pipelines.expression.BadExpression;
import dev.flotilla.pipelines.expression.Expression;
import dev.flotilla.pipelines.schema.BadSchema;
import dev.flotilla.pipelines.schema.JsonSchema;
import dev.flotilla.pipelines.template.BadTemplate;
import dev.flotilla.pipelines.template.Template;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes steps of what a document says. What cannot be understood is noted and passed over, so that
 * everything else is looked at in the same round.
 */
final class PieceReader {
  private static final Set<String> OF_MODELS =
      Set.of(
          "task_type",
          "model",
          "fallbacks",
          "system",
          "max_tokens",
          "temperature",
          "cache",
          "stream");
  private static final Set<String> OF_OUTPUTS = Set.of("output", "validate", "on_invalid");
  private static final Set<String> OF_EACH = Set.of("as", "concurrency", "max_items");
  private static final int DEFAULT_ATTEMPTS = 3;
  private static final int DEFAULT_CONCURRENCY = 4;
  private static final Duration DEFAULT_WAIT = Duration.ofHours(24);

  private final Document document;
  private final Findings findings;
  private final JsonNode defaults;
  private final Map<String, Place> ids = new LinkedHashMap<>();
  private int index;

  /** Set when something of the step at hand cannot be understood. */
  private boolean broken;

  PieceReader(Document document, Findings findings) {
    this.document = document;
    this.findings = findings;
    this.defaults = document.root().path("defaults");
  }

  /** Ids of all steps read so far, in the order of the document. */
  Set<String> ids() {
    return ids.keySet();
  }

  List<Piece> pieces(JsonNode nodes, Place place) {
    var pieces = new ArrayList<Piece>();
    for (int i = 0; i < nodes.size(); i++) {
      JsonNode node = nodes.path(i);
      Place at = place.then(i);
      if (node.has("parallel")) {
        pieces.add(new Piece.Parallel(pieces(node.path("parallel"), at.then("parallel"))));
      } else if (node.has("switch")) {
        pieces.add(new Piece.Switch(branches(node.path("switch"), at.then("switch"))));
      } else if (node.isObject()) {
        pieces.add(single(node, at));
      }
    }
    return pieces;
  }

  private List<Piece.Branch> branches(JsonNode nodes, Place place) {
    var branches = new ArrayList<Piece.Branch>();
    for (int i = 0; i < nodes.size(); i++) {
      JsonNode node = nodes.path(i);
      Place at = place.then(i);
      branches.add(
          new Piece.Branch(
              at,
              !node.has("when"),
              optionalExpression(node, at, "when"),
              pieces(node.path("steps"), at.then("steps"))));
    }
    return branches;
  }

  private Piece single(JsonNode node, Place place) {
    broken = false;
    int at = index++;
    String id = id(node, place);
    Step step = step(node, place, id, at);
    return new Piece.Single(place, id, broken ? null : step);
  }

  private String id(JsonNode node, Place place) {
    String id = node.path("id").asText("");
    Place at = place.then("id");
    if (Words.RESERVED.contains(id)) {
      broken(
          "id",
          place,
          "is '" + id + "', a word of the languages in this file",
          "write " + id + "_step");
    } else if (!id.isEmpty() && ids.putIfAbsent(id, at) != null) {
      broken(
          "id",
          place,
          "is '" + id + "', as in line " + document.line(ids.getOrDefault(id, at)),
          "give each step a name of its own, e.g. " + id + "_2");
    }
    return id;
  }

  private @Nullable Step step(JsonNode node, Place place, String id, int at) {
    Action action = action(node, place);
    if (action == null) {
      broken = true;
      return null;
    }
    misplaced(node, place, action);
    return new Step(
        id,
        at,
        node.path("description").asText(""),
        optionalExpression(node, place, "when"),
        each(node, place),
        action,
        output(node, place, action),
        rules(node.path("validate"), place.then("validate")),
        word(OnInvalid.class, setting(node, "on_invalid", action), OnInvalid.RETRY),
        word(OnError.class, node.path("on_error"), OnError.FAIL),
        duration(
            action instanceof Action.ModelCall
                ? setting(node, "timeout", action)
                : node.path("timeout")),
        node.path("max_attempts").asInt(DEFAULT_ATTEMPTS),
        word(OnUnknown.class, node.path("on_unknown"), OnUnknown.RETRY));
  }

  /** What a step says, or the defaults when it is a call to a model and says nothing. */
  private JsonNode setting(JsonNode node, String name, @Nullable Action action) {
    boolean asksModel = action == null || action instanceof Action.ModelCall;
    return node.has(name) || !asksModel ? node.path(name) : defaults.path(name);
  }

  /** Properties that are known but mean nothing beside this action. */
  private void misplaced(JsonNode node, Place place, Action action) {
    for (var field : node.properties()) {
      String name = field.getKey();
      String why = null;
      if (OF_MODELS.contains(name) && !(action instanceof Action.ModelCall)) {
        why = "asks no model";
      } else if (OF_EACH.contains(name) && !node.has("foreach")) {
        why = "has no foreach";
      } else if (name.equals("with") && !(action instanceof Action.SubPipeline)) {
        why = "calls no pipeline";
      } else if (OF_OUTPUTS.contains(name) && !hasOutput(name, action)) {
        why = "puts out what is always the same kind of thing";
      } else if (name.equals("foreach")
          && (action instanceof Action.Check || action instanceof Action.Human)) {
        why = "is done once, whatever it looks at";
      } else if (name.equals("timeout") && action instanceof Action.Human) {
        why = "waits as long as human.timeout says";
      } else if (name.equals("timeout") && instant(action)) {
        why = "takes no time";
      }
      if (why != null) {
        broken(name, place, "means nothing here: this step " + why, "leave it out");
      }
    }
  }

  private static boolean hasOutput(String property, Action action) {
    return switch (action) {
      case Action.ModelCall _, Action.HttpCall _ -> true;
      case Action.Value _, Action.SubPipeline _ -> !property.equals("output");
      case Action.Check _, Action.Classify _, Action.Human _, Action.Review _ -> false;
    };
  }

  private static boolean instant(Action action) {
    return action instanceof Action.Check || action instanceof Action.Value;
  }

  private @Nullable Each each(JsonNode node, Place place) {
    Expression list = optionalExpression(node, place, "foreach");
    if (list == null) {
      return null;
    }
    String as = node.path("as").asText(Each.DEFAULT_NAME);
    if (Words.RESERVED.contains(as)) {
      broken(
          "as",
          place,
          "is '" + as + "', a word of the languages in this file",
          "write another name");
    }
    return new Each(
        list,
        as,
        node.path("concurrency").asInt(DEFAULT_CONCURRENCY),
        node.has("max_items") ? Integer.valueOf(node.path("max_items").asInt()) : null);
  }

  private Output output(JsonNode node, Place place, Action action) {
    JsonNode written = node.path("output");
    if (written.has("schema")) {
      JsonNode schema = written.path("schema");
      try {
        return new Output.Schema(schema, JsonSchema.strict(schema));
      } catch (BadSchema e) {
        findings.problem(place.then("output").then("schema"), reason(e), e.suggestion());
        broken = true;
        return new Output.Json();
      }
    }
    return switch (written.asText("")) {
      case "text" -> new Output.Text();
      case "json" -> new Output.Json();
      default -> action instanceof Action.ModelCall ? new Output.Text() : new Output.Json();
    };
  }

  private @Nullable Action action(JsonNode node, Place place) {
    if (node.has("prompt") || node.has("messages")) {
      return modelCall(node, place);
    }
    if (node.has("check")) {
      return new Action.Check(rules(node.path("check"), place.then("check")));
    }
    if (node.has("classify")) {
      Expression text = expression(node, place, "classify");
      return text == null ? null : new Action.Classify(text);
    }
    if (node.has("value")) {
      Expression value = expression(node, place, "value");
      return value == null ? null : new Action.Value(value);
    }
    if (node.has("http")) {
      return httpCall(node.path("http"), place.then("http"));
    }
    if (node.has("human")) {
      return human(node.path("human"), place.then("human"));
    }
    if (node.has("review")) {
      return review(node.path("review"), place.then("review"));
    }
    if (node.has("pipeline")) {
      return subPipeline(node, place);
    }
    return null;
  }

  private Action modelCall(JsonNode node, Place place) {
    List<Message> messages =
        node.has("prompt")
            ? prompt(node, place)
            : messages(node.path("messages"), place.then("messages"));
    Template system =
        node.has("system") ? template(node.path("system"), place.then("system")) : null;
    JsonNode temperature = setting(node, "temperature", null);
    return new Action.ModelCall(
        target(node, place),
        system,
        messages,
        setting(node, "max_tokens", null).asInt(Action.ModelCall.DEFAULT_MAX_TOKENS),
        temperature.isNumber() ? temperature.decimalValue() : null,
        setting(node, "cache", null).asBoolean(true),
        node.path("stream").asBoolean(false));
  }

  private Target target(JsonNode node, Place place) {
    boolean own = node.has("model") || node.has("task_type");
    JsonNode from = own ? node : defaults;
    String model = from.path("model").asText("");
    String taskType = (node.has("task_type") ? node : defaults).path("task_type").asText("");
    List<String> fallbacks =
        texts(node.has("fallbacks") ? node.path("fallbacks") : defaults.path("fallbacks"));
    if (!model.isEmpty() && !model.equals("auto")) {
      return new Target.ByModel(taskType.isEmpty() ? null : taskType, model, fallbacks);
    }
    if (!taskType.isEmpty()) {
      return new Target.ByTaskType(taskType, fallbacks);
    }
    if (!fallbacks.isEmpty()) {
      broken(
          "fallbacks",
          place,
          "have nothing to fall back from",
          "write model or task_type beside them");
    }
    return new Target.Auto();
  }

  private List<Message> prompt(JsonNode node, Place place) {
    Template text = template(node.path("prompt"), place.then("prompt"));
    return text == null ? List.of() : List.of(new Message("user", List.of(new Part.Text(text))));
  }

  private List<Message> messages(JsonNode written, Place place) {
    var messages = new ArrayList<Message>();
    for (int i = 0; i < written.size(); i++) {
      JsonNode message = written.path(i);
      messages.add(
          new Message(
              message.path("role").asText("user"),
              parts(message.path("content"), place.then(i).then("content"))));
    }
    return messages;
  }

  private List<Part> parts(JsonNode content, Place place) {
    var parts = new ArrayList<Part>();
    if (content.isTextual()) {
      Template text = template(content, place);
      if (text != null) {
        parts.add(new Part.Text(text));
      }
    }
    for (int i = 0; content.isArray() && i < content.size(); i++) {
      Part part = part(content.path(i), place.then(i));
      if (part != null) {
        parts.add(part);
      }
    }
    return parts;
  }

  private @Nullable Part part(JsonNode written, Place place) {
    for (String kind : List.of("text", "image", "audio", "file")) {
      if (written.has(kind)) {
        Template template = template(written.path(kind), place.then(kind));
        if (template == null) {
          return null;
        }
        return switch (kind) {
          case "text" -> new Part.Text(template);
          case "image" -> new Part.Image(template);
          case "audio" -> new Part.Audio(template, written.path("format").asText("wav"));
          default ->
              new Part.File(
                  template,
                  written.has("name") ? template(written.path("name"), place.then("name")) : null);
        };
      }
    }
    broken = true;
    return null;
  }

  private @Nullable Action httpCall(JsonNode written, Place place) {
    Template path = template(written.path("path"), place.then("path"));
    var query = new LinkedHashMap<String, Template>();
    for (var field : written.path("query").properties()) {
      Template value = template(field.getValue(), place.then("query").then(field.getKey()));
      if (value != null) {
        query.put(field.getKey(), value);
      }
    }
    Content body = written.has("body") ? content(written.path("body"), place.then("body")) : null;
    String method = written.path("method").asText(body == null ? "GET" : "POST");
    if (body != null && method.equals("GET")) {
      findings.problem(place.then("body"), "is sent with GET", "write method: POST, or query");
      broken = true;
    }
    return path == null
        ? null
        : new Action.HttpCall(written.path("connection").asText(""), method, path, query, body);
  }

  private Content content(JsonNode written, Place place) {
    if (written.isTextual()) {
      Template template = template(written, place);
      return template == null ? new Content.Fixed(written) : new Content.Text(template);
    }
    if (written.isArray()) {
      var items = new ArrayList<Content>();
      for (int i = 0; i < written.size(); i++) {
        items.add(content(written.path(i), place.then(i)));
      }
      return new Content.Items(items);
    }
    if (!written.isObject()) {
      return new Content.Fixed(written);
    }
    if (written.size() == 1 && written.has(Content.COMPUTED)) {
      Expression expression = expression(written, place, Content.COMPUTED);
      return expression == null ? new Content.Fixed(written) : new Content.Computed(expression);
    }
    var fields = new LinkedHashMap<String, Content>();
    for (var field : written.properties()) {
      fields.put(field.getKey(), content(field.getValue(), place.then(field.getKey())));
    }
    return new Content.Fields(fields);
  }

  private @Nullable Action human(JsonNode written, Place place) {
    Template title = template(written.path("title"), place.then("title"));
    List<String> decisions =
        written.has("decisions") ? texts(written.path("decisions")) : List.of("approve", "reject");
    String onTimeout =
        written.path("on_timeout").asText(decisions.isEmpty() ? "" : decisions.getLast());
    if (!decisions.contains(onTimeout)) {
      findings.problem(
          place.then("on_timeout"),
          "is '" + onTimeout + "', which nobody could decide",
          "write one of " + String.join(", ", decisions));
      broken = true;
    }
    Duration timeout = duration(written.path("timeout"));
    return title == null
        ? null
        : new Action.Human(
            written.path("queue").asText(""),
            title,
            texts(written.path("show")),
            decisions,
            timeout == null ? DEFAULT_WAIT : timeout,
            onTimeout);
  }

  private @Nullable Action review(JsonNode written, Place place) {
    Expression artifact = expression(written, place, "artifact");
    Expression plan = optionalExpression(written, place, "plan");
    Expression risk = optionalExpression(written, place, "risk");
    String onSplit = written.path("on_split").asText("human");
    return artifact == null
        ? null
        : new Action.Review(
            artifact,
            plan,
            written.path("policy").asText(""),
            risk,
            verifying(written.path("verify"), place.then("verify")),
            written.path("max_rounds").asInt(1),
            written.has("revise") ? written.path("revise").asText() : null,
            word(Action.OnSplit.class, onSplit, Action.OnSplit.HUMAN));
  }

  private List<Verifying> verifying(JsonNode written, Place place) {
    var all = new ArrayList<Verifying>();
    for (int i = 0; i < written.size(); i++) {
      JsonNode one = written.path(i);
      ObjectNode asked =
          one instanceof ObjectNode object
              ? object.deepCopy().without("files")
              : JsonNodeFactory.instance.objectNode().put("name", one.asText());
      var files = new LinkedHashMap<String, Expression>();
      Place at = place.then(i).then("files");
      for (var file : one.path("files").properties()) {
        Expression content = expression(one.path("files"), at, file.getKey());
        if (content != null) {
          files.put(file.getKey(), content);
        }
      }
      all.add(new Verifying(asked, files));
    }
    return all;
  }

  private Action subPipeline(JsonNode node, Place place) {
    var with = new LinkedHashMap<String, Expression>();
    for (var field : node.path("with").properties()) {
      Expression value = expression(node.path("with"), place.then("with"), field.getKey());
      if (value != null) {
        with.put(field.getKey(), value);
      }
    }
    return new Action.SubPipeline(node.path("pipeline").asText(""), with);
  }

  List<Rule> rules(JsonNode written, Place place) {
    var rules = new ArrayList<Rule>();
    for (int i = 0; i < written.size(); i++) {
      Place at = place.then(i);
      Expression rule = expression(written.path(i), at, "rule");
      Template message =
          written.path(i).has("message")
              ? template(written.path(i).path("message"), at.then("message"))
              : null;
      if (rule != null) {
        rules.add(new Rule(rule, message));
      }
    }
    return rules;
  }

  /** Null when there is none, or none that can be understood. */
  @Nullable Expression optionalExpression(JsonNode node, Place place, String field) {
    return node.has(field) ? expression(node, place, field) : null;
  }

  private @Nullable Expression expression(JsonNode node, Place place, String field) {
    JsonNode written = node.path(field);
    if (!written.isTextual() || written.textValue().isEmpty()) {
      // Said by whoever looked at the structure.
      broken = true;
      return null;
    }
    try {
      return Expression.of(written.textValue());
    } catch (BadExpression e) {
      broken(
          field,
          place,
          "is no expression: " + reason(e),
          "write CEL, e.g. size(draft) > 0 && judge.score < 8");
      return null;
    }
  }

  private @Nullable Template template(JsonNode written, Place place) {
    if (!written.isTextual()) {
      broken = true;
      return null;
    }
    try {
      return Template.of(written.textValue());
    } catch (BadTemplate e) {
      findings.problem(
          place,
          e.line(),
          "is no template: " + reason(e),
          "write {{ name.field }}, {% if … %}…{% endif %} or {% for x in … %}…{% endfor %}");
      broken = true;
      return null;
    }
  }

  private void broken(String field, Place place, String message, String suggestion) {
    findings.problem(place.then(field), message, suggestion);
    broken = true;
  }

  private static String reason(Exception e) {
    return String.valueOf(e.getMessage()).strip();
  }

  private static List<String> texts(JsonNode written) {
    var texts = new ArrayList<String>();
    written.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  static @Nullable Duration duration(JsonNode written) {
    String text = written.asText("");
    int unit = 0;
    while (unit < text.length() && Character.isDigit(text.charAt(unit))) {
      unit++;
    }
    if (unit == 0 || unit > 7) {
      return null;
    }
    long number = Long.parseLong(text.substring(0, unit));
    return switch (text.substring(unit)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> null;
    };
  }

  private static <T extends Enum<T>> T word(Class<T> type, JsonNode written, T otherwise) {
    return word(type, written.asText(""), otherwise);
  }

  private static <T extends Enum<T>> T word(Class<T> type, String written, T otherwise) {
    for (T constant : type.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(written)) {
        return constant;
      }
    }
    return otherwise;
  }
}
