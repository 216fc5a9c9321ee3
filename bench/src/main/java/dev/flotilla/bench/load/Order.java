package dev.flotilla.bench.load;

import java.util.Map;

/**
 * What a load generator is to do; it reads this as JSON.
 *
 * @param url asked with POST
 * @param headers sent with every request
 * @param promptBytes about the size of a prompt
 * @param repeat ask the same again and again; else no request equals another
 * @param warmSeconds before it begins to count
 * @param seconds for which it counts
 */
public record Order(
    String url,
    Map<String, String> headers,
    int promptBytes,
    boolean repeat,
    Workload workload,
    int warmSeconds,
    int seconds) {}
