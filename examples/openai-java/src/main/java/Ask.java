import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import java.math.BigDecimal;

/** OpenAI's Java SDK with another address: one answer, one stream, one mistake. */
class Ask {
  public static void main(String[] arguments) {
    OpenAIClient client =
        OpenAIOkHttpClient.builder()
            .baseUrl(System.getenv().getOrDefault("FLOTILLA_URL", "http://localhost:8080") + "/v1")
            .apiKey(System.getenv().getOrDefault("FLOTILLA_KEY", "sk-local"))
            .build();

    ChatCompletion answer =
        client.chat().completions().create(question("auto", "Translate to German: Good morning."));
    System.out.println(answer.choices().get(0).message().content().orElse(""));
    System.out.println("model: " + answer.model());
    // Not in the SDK's own fields, and a double would print 1.9E-5.
    JsonValue cost = answer.usage().orElseThrow()._additionalProperties().get("cost");
    System.out.println("cost: " + cost.convert(BigDecimal.class).toPlainString());

    System.out.print("stream: ");
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(question("auto/bulk", "Count to three."))) {
      chunks.stream()
          .flatMap(chunk -> chunk.choices().stream())
          .forEach(choice -> choice.delta().content().ifPresent(System.out::print));
    }
    System.out.println();

    try {
      client.chat().completions().create(question("gpt-2", "Are you there?"));
    } catch (NotFoundException e) {
      System.out.println("refused: " + e.code().orElse("") + ", " + e.getMessage());
    }
    client.close();
  }

  private static ChatCompletionCreateParams question(String model, String text) {
    return ChatCompletionCreateParams.builder().model(model).addUserMessage(text).build();
  }
}
