package dev.flotilla.provider.dialect.anthropic;

import java.util.Locale;

/** A URL that carries its content in base64. */
record DataUrl(String mediaType, String base64) {
  private static final DataUrl NONE = new DataUrl("", "");

  /** Without a media type when it is no such URL. */
  static DataUrl of(String url) {
    int comma = url.indexOf(',');
    if (comma < 0 || !url.regionMatches(true, 0, "data:", 0, 5)) {
      return NONE;
    }
    String[] head = url.substring(5, comma).toLowerCase(Locale.ROOT).split(";", -1);
    return head[head.length - 1].strip().equals("base64")
        ? new DataUrl(head[0].strip(), url.substring(comma + 1))
        : NONE;
  }
}
