package dev.flotilla.catalog;

/**
 * One of the places where a provider serves a model.
 *
 * @param name unique within its model; {@code default} when the catalogue lists none
 * @param provider as the model's, with this place's address and keys
 * @param upstream what the model is called here
 * @param weight its share of the calls beside the others', at least 1
 * @param rates what one key is granted here
 */
public record Deployment(String name, Provider provider, String upstream, int weight, Rates rates) {
  public static final String DEFAULT = "default";

  Deployment failing(String how) {
    return new Deployment(name, provider, upstream + ":" + how, weight, rates);
  }
}
