package dev.flotilla.router.routing;

import dev.flotilla.catalog.Model;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.router.exchange.ChatRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Something a request needs of a model. A model that lacks it is not asked, because it would drop
 * the parameter silently.
 *
 * @param param the request's field that asks for it
 * @param what in words, for the message
 */
record Need(String param, String what, Predicate<Model> test) {
  static List<Need> of(ChatRequest request) {
    var needs = new ArrayList<Need>();
    if (request.hasTools()) {
      needs.add(supports("tools", "tools", "tools"));
    }
    String format = request.responseFormat();
    if (!format.equals("text")) {
      needs.add(supports("response_format", "response_format " + format, format));
    }
    if (request.choices() > 1) {
      needs.add(supports("n", "more than one choice", "n"));
    }
    for (String kind : request.attachments()) {
      needs.add(new Need("messages", kind + " input", model -> model.inputs().contains(kind)));
    }
    return needs;
  }

  private static Need supports(String param, String what, String feature) {
    return new Need(param, what, model -> model.supports().contains(feature));
  }

  boolean metBy(Model model) {
    return test.test(model);
  }

  ApiError error(List<Model> models) {
    return ApiError.invalid(
        "unsupported_parameter",
        "None of the models that could be asked ("
            + models.stream().map(Model::id).collect(Collectors.joining(", "))
            + ") supports "
            + what
            + "; leave '"
            + param
            + "' out or name a model that does.",
        param);
  }
}
