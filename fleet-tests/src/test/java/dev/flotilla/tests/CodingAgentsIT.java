package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.BadRequestException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Base64ImageSource;
import com.anthropic.models.messages.CacheControlEphemeral;
import com.anthropic.models.messages.ContentBlock;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.Metadata;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.TextBlock;
import com.anthropic.models.messages.TextBlockParam;
import com.anthropic.models.messages.ThinkingBlock;
import com.anthropic.models.messages.ThinkingBlockParam;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import com.anthropic.models.messages.WebSearchTool20250305;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.CountingUpstream;
import dev.flotilla.tests.clients.Program;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What coding agents send with Anthropic's library, to models of every dialect. */
@ExtendWith(SharedFleet.class)
class CodingAgentsIT {
  private static final String SAID = "The file has two harbours.";
  private static final String THOUGHT = "I should read the file first.";
  private static final CacheControlEphemeral MARK =
      CacheControlEphemeral.builder().ttl(CacheControlEphemeral.Ttl.TTL_1H).build();

  private final FleetUnderTest fleet;
  private final AnthropicClient anthropic;

  CodingAgentsIT(FleetUnderTest fleet) {
    this.fleet = fleet;
    this.anthropic =
        AnthropicOkHttpClient.builder()
            .baseUrl(fleet.fleet.url().toString())
            .apiKey(KEY)
            .maxRetries(0)
            .build();
  }

  @AfterEach
  void close() {
    anthropic.close();
  }

  @ParameterizedTest
  @EnumSource
  void marks_for_the_prompt_cache_reach_who_knows_them(Upstream upstream) {
    CountingUpstream provider = upstream.in(fleet);
    provider.always(Behaviour.says(SAID));
    Message answer = streamed(agent(upstream, "Read the marked file").build());
    assertEquals(SAID, text(answer));
    assertEquals(StopReason.END_TURN, answer.stopReason().orElseThrow());
    JsonNode asked = json(provider.lastRequest().body());
    boolean knows = upstream == Upstream.ANTHROPIC;
    assertEquals(knows ? 3 : 0, asked.findValues("cache_control").size(), asked.toString());
    if (knows) {
      assertEquals("1h", asked.at("/system/1/cache_control/ttl").asText());
      assertEquals("1h", asked.at("/tools/0/cache_control/ttl").asText());
      assertEquals("1h", asked.at("/messages/0/content/0/cache_control/ttl").asText());
    }
  }

  @ParameterizedTest
  @EnumSource
  void thoughts_go_back_with_the_calls_they_led_to(Upstream upstream) {
    CountingUpstream provider = upstream.in(fleet);
    provider.always(Behaviour.says(SAID));
    provider.next(1, readsTheFile());
    var params = agent(upstream, "Think before you read").enabledThinking(2_048);
    Message thinks = streamed(params.build());
    ThinkingBlock thought = thinks.content().getFirst().thinking().orElseThrow();
    assertEquals(THOUGHT, thought.thinking());
    assertEquals(StopReason.TOOL_USE, thinks.stopReason().orElseThrow());
    // The providers that sign what they think refuse a signature that is not theirs.
    params.addMessage(thinks).addUserMessageOfContentBlockParams(List.of(result(thinks, "two")));
    assertEquals(SAID, text(streamed(params.build())));
    JsonNode asked = json(provider.lastRequest().body());
    assertEquals(
        upstream == Upstream.ANTHROPIC ? List.of(THOUGHT) : List.of(),
        asked.findValuesAsText("thinking").stream().filter(THOUGHT::equals).toList());
  }

  @ParameterizedTest
  @EnumSource
  void a_conversation_begun_with_one_provider_goes_on_with_another(Upstream upstream) {
    fleet.gamma.next(1, readsTheFile());
    var begun = agent(Upstream.ANTHROPIC, "Begin, " + upstream).enabledThinking(2_048);
    Message thinks = anthropic.messages().create(begun.build());
    upstream.in(fleet).always(Behaviour.says(SAID));
    Message answer =
        anthropic
            .messages()
            .create(
                begun
                    .model(upstream.model)
                    .addMessage(thinks)
                    .addUserMessageOfContentBlockParams(List.of(result(thinks, "two")))
                    .build());
    assertEquals(SAID, text(answer));
    assertEquals(upstream.model, answer.model().asString());
  }

  @Test
  void a_thought_that_the_provider_did_not_sign_is_a_mistake_that_is_named() {
    var forged =
        ThinkingBlockParam.builder().thinking("I know it all.").signature("Zm9yZ2Vk").build();
    var params =
        agent(Upstream.ANTHROPIC, "Whose thought?")
            .addAssistantMessageOfContentBlockParams(
                List.of(ContentBlockParam.ofThinking(forged), ContentBlockParam.ofText("Well.")))
            .addUserMessage("Go on.");
    var refused =
        assertThrows(BadRequestException.class, () -> anthropic.messages().create(params.build()));
    assertTrue(refused.body().toString().contains("invalid_request_error"), refused.toString());
  }

  @ParameterizedTest
  @EnumSource
  void a_picture_that_a_tool_returned_is_seen(Upstream upstream) {
    CountingUpstream provider = upstream.in(fleet);
    provider.always(Behaviour.looks());
    provider.next(1, readsTheFile());
    var params = agent(upstream, "Make a screenshot");
    Message calls = anthropic.messages().create(params.build());
    var picture =
        Base64ImageSource.builder()
            .mediaType(Base64ImageSource.MediaType.IMAGE_PNG)
            .data(Program.PICTURE)
            .build();
    var shown =
        ToolResultBlockParam.builder()
            .toolUseId(call(calls).id())
            .contentOfBlocks(
                List.of(
                    ToolResultBlockParam.Content.Block.ofText("a screenshot"),
                    ToolResultBlockParam.Content.Block.ofImage(picture)))
            .build();
    params
        .addMessage(calls)
        .addUserMessageOfContentBlockParams(
            List.of(
                ContentBlockParam.ofToolResult(shown), ContentBlockParam.ofText("What is it?")));
    assertEquals(
        CountingUpstream.picture("image/png", Base64.getDecoder().decode(Program.PICTURE)),
        text(anthropic.messages().create(params.build())));
  }

  @ParameterizedTest
  @EnumSource
  void tokens_are_counted_for_all_of_it_and_nobody_is_asked(Upstream upstream) {
    CountingUpstream provider = upstream.in(fleet);
    long asked = provider.requests();
    var params =
        MessageCountTokensParams.builder()
            .model(upstream.model)
            .systemOfTextBlockParams(system())
            .addTool(reader())
            .enabledThinking(2_048)
            .addUserMessage("How many?");
    assertTrue(anthropic.messages().countTokens(params.build()).inputTokens() > 20);
    assertTrue(
        anthropic
                .beta()
                .messages()
                .countTokens(
                    com.anthropic.models.beta.messages.MessageCountTokensParams.builder()
                        .model(upstream.model)
                        .addBeta("token-counting-2024-11-01")
                        .addUserMessage("How many?")
                        .build())
                .inputTokens()
            > 1);
    assertEquals(asked, provider.requests());
  }

  @ParameterizedTest
  @EnumSource
  void the_beta_part_of_the_library_works_with_any_model(Upstream upstream) {
    upstream.in(fleet).always(Behaviour.says(SAID));
    var params =
        com.anthropic.models.beta.messages.MessageCreateParams.builder()
            .model(upstream.model)
            .maxTokens(500)
            .addBeta("interleaved-thinking-2025-05-14")
            .addBeta("something-new-2099-01-01")
            .putAdditionalBodyProperty(
                "context_management",
                JsonValue.from(
                    Map.of(
                        "edits",
                        List.of(Map.of("type", "clear_thinking_20251015", "keep", "all")))))
            .addUserMessage("In beta")
            .build();
    var answer = anthropic.beta().messages().create(params);
    assertEquals(SAID, answer.content().getFirst().text().orElseThrow().text());
    assertFalse(upstream.in(fleet).lastRequest().headers().containsKey("anthropic-beta"));
  }

  @ParameterizedTest
  @EnumSource
  void what_no_model_here_can_do_is_refused_by_its_name(Upstream upstream) {
    long asked = upstream.in(fleet).requests();
    refused(
        "tools[1].type",
        agent(upstream, "Search").addTool(WebSearchTool20250305.builder().build()));
    refused(
        "mcp_servers",
        agent(upstream, "Ask a server")
            .putAdditionalBodyProperty(
                "mcp_servers", JsonValue.from(List.of(Map.of("url", "https://example.com")))));
    refused("messages[1]", agent(upstream, "Begin it for me").addAssistantMessage("It is"));
    assertEquals(asked, upstream.in(fleet).requests());
  }

  private void refused(String place, MessageCreateParams.Builder params) {
    var refused =
        assertThrows(BadRequestException.class, () -> anthropic.messages().create(params.build()));
    JsonNode error = json(refused.body().convert(JsonNode.class).toString()).path("error");
    assertEquals("invalid_request_error", error.path("type").asText(), error.toString());
    assertEquals("unsupported_parameter", error.path("code").asText(), error.toString());
    assertEquals(place, error.path("param").asText(), error.toString());
  }

  private static MessageCreateParams.Builder agent(Upstream upstream, String text) {
    return MessageCreateParams.builder()
        .model(upstream.model)
        .maxTokens(32_000)
        .putAdditionalBodyProperty("temperature", JsonValue.from(1))
        .metadata(Metadata.builder().userId("user_" + "0".repeat(64) + "_session_1").build())
        .putAdditionalHeader("anthropic-beta", "fine-grained-tool-streaming-2025-05-14")
        .systemOfTextBlockParams(system())
        .addTool(reader())
        .addUserMessageOfContentBlockParams(
            List.of(
                ContentBlockParam.ofText(
                    TextBlockParam.builder().text(text).cacheControl(MARK).build())));
  }

  private static List<TextBlockParam> system() {
    return List.of(
        TextBlockParam.builder().text("You write code.").build(),
        TextBlockParam.builder().text("You are in /src.").cacheControl(MARK).build());
  }

  private static Tool reader() {
    var schema =
        Tool.InputSchema.builder()
            .properties(
                Tool.InputSchema.Properties.builder()
                    .putAdditionalProperty("path", JsonValue.from(Map.of("type", "string")))
                    .build())
            .addRequired("path")
            .putAdditionalProperty(
                "$schema", JsonValue.from("http://json-schema.org/draft-07/schema#"))
            .putAdditionalProperty("additionalProperties", JsonValue.from(false))
            .build();
    return Tool.builder().name("read").inputSchema(schema).cacheControl(MARK).build();
  }

  private static Behaviour readsTheFile() {
    ObjectNode message = FleetUnderTest.JSON.createObjectNode().put("reasoning_content", THOUGHT);
    ObjectNode call = message.putArray("tool_calls").addObject().put("id", "call_1");
    call.put("type", "function")
        .putObject("function")
        .put("name", "read")
        .put("arguments", "{\"path\":\"/src/harbours.txt\"}");
    return new Behaviour.Says(message);
  }

  private static ContentBlockParam result(Message calls, String text) {
    return ContentBlockParam.ofToolResult(
        ToolResultBlockParam.builder().toolUseId(call(calls).id()).content(text).build());
  }

  private static ToolUseBlock call(Message message) {
    return message.content().stream()
        .flatMap(block -> block.toolUse().stream())
        .findFirst()
        .orElseThrow();
  }

  private Message streamed(MessageCreateParams params) {
    var whole = MessageAccumulator.create();
    try (StreamResponse<RawMessageStreamEvent> events =
        anthropic.messages().createStreaming(params)) {
      events.stream().forEach(whole::accumulate);
    }
    return whole.message();
  }

  private static String text(Message message) {
    return message.content().stream()
        .map(ContentBlock::text)
        .flatMap(text -> text.stream())
        .map(TextBlock::text)
        .collect(Collectors.joining());
  }
}
