import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.concurrent.CompletableFuture;

/** LangChain4j with another address: one answer, one stream, one mistake. */
class Ask {
  private static final String URL =
      System.getenv().getOrDefault("FLOTILLA_URL", "http://localhost:8080") + "/v1";
  private static final String KEY = System.getenv().getOrDefault("FLOTILLA_KEY", "sk-local");

  public static void main(String[] arguments) throws Exception {
    ChatResponse answer = model("auto").chat(UserMessage.from("Translate to German: Good morning."));
    System.out.println(answer.aiMessage().text());
    System.out.println("model: " + answer.metadata().modelName());
    System.out.println("tokens: " + answer.tokenUsage().totalTokenCount());

    System.out.print("stream: ");
    var done = new CompletableFuture<ChatResponse>();
    OpenAiStreamingChatModel.builder()
        .baseUrl(URL)
        .apiKey(KEY)
        .modelName("auto/bulk")
        .build()
        .chat(
            "Count to three.",
            new StreamingChatResponseHandler() {
              @Override
              public void onPartialResponse(String part) {
                System.out.print(part);
              }

              @Override
              public void onCompleteResponse(ChatResponse response) {
                done.complete(response);
              }

              // A stream that broke ends here, never in onCompleteResponse.
              @Override
              public void onError(Throwable error) {
                done.completeExceptionally(error);
              }
            });
    System.out.println("\nstreamed tokens: " + done.get().tokenUsage().totalTokenCount());

    try {
      model("gpt-2").chat("Are you there?");
    } catch (ModelNotFoundException e) {
      System.out.println("refused: " + e.getMessage());
    }
  }

  private static OpenAiChatModel model(String name) {
    return OpenAiChatModel.builder().baseUrl(URL).apiKey(KEY).modelName(name).build();
  }
}
