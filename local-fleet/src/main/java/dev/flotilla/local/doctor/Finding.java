package dev.flotilla.local.doctor;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was looked at.
 *
 * @param remedy what to do about it; null when nothing is wrong
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Finding(String what, String found, @Nullable String remedy) {

  static Finding well(String what, String found) {
    return new Finding(what, found, null);
  }

  static Finding problem(String what, String found, String remedy) {
    return new Finding(what, found, remedy);
  }

  @JsonProperty("ok")
  boolean isWell() {
    return remedy == null;
  }
}
