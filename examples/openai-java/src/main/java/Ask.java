import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;

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
    System.out.println("cost: " + answer.usage().orElseThrow()._additionalProperties().get("cost"));

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
