package dev.flotilla.pipelines.picture;

import java.util.Locale;

/** Writes SVG. What others wrote can only become text in it. One thread. */
final class Svg {
  static final int CHARACTER = 7;
  static final int LINE = 17;

  private final StringBuilder text = new StringBuilder();

  /**
   * Begins a picture.
   *
   * @param title in a few words
   * @param description what is to be seen, for those who do not see it
   */
  Svg(int width, int height, String title, String description) {
    text.append("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" class=\"flotilla\"");
    attribute("width", width);
    attribute("height", height);
    attribute("viewBox", "0 0 " + width + " " + height);
    text.append("><title>").append(escaped(title)).append("</title>");
    text.append("<desc>").append(escaped(description)).append("</desc>");
    text.append(
        """
        <style>
        svg.flotilla{color:var(--flotilla-ink,#1f2328);font:12px/1.4 system-ui,sans-serif}
        svg.flotilla .box{fill:var(--flotilla-box,#f6f8fa);stroke:currentColor;stroke-opacity:.45}
        svg.flotilla .frame{fill:none;stroke:currentColor;stroke-opacity:.35;stroke-dasharray:4 3}
        svg.flotilla .line{fill:none;stroke:currentColor;stroke-opacity:.6}
        svg.flotilla text{fill:currentColor}
        svg.flotilla .name{font-weight:600}
        svg.flotilla .note{fill-opacity:.75}
        svg.flotilla .completed{fill:var(--flotilla-good,#1a7f37)}
        svg.flotilla .failed{fill:var(--flotilla-bad,#cf222e)}
        svg.flotilla .waiting{fill:var(--flotilla-wait,#9a6700)}
        svg.flotilla .other{fill:currentColor;fill-opacity:.4}
        @media (prefers-color-scheme:dark){
        svg.flotilla{color:var(--flotilla-ink,#e6edf3)}
        svg.flotilla .box{fill:var(--flotilla-box,#161b22)}
        svg.flotilla .completed{fill:var(--flotilla-good,#3fb950)}
        svg.flotilla .failed{fill:var(--flotilla-bad,#f85149)}
        svg.flotilla .waiting{fill:var(--flotilla-wait,#d29922)}}
        </style>
        """);
  }

  Svg box(String kind, double x, double y, double width, double height) {
    text.append("<rect");
    attribute("class", kind);
    attribute("x", x);
    attribute("y", y);
    attribute("width", width);
    attribute("height", height);
    attribute("rx", 6);
    text.append("/>");
    return this;
  }

  Svg text(String kind, double x, double y, String words) {
    text.append("<text");
    attribute("class", kind);
    attribute("x", x);
    attribute("y", y);
    text.append('>').append(escaped(words)).append("</text>");
    return this;
  }

  /** Text that ends at x. */
  Svg textBefore(String kind, double x, double y, String words) {
    text.append("<text text-anchor=\"end\"");
    attribute("class", kind);
    attribute("x", x);
    attribute("y", y);
    text.append('>').append(escaped(words)).append("</text>");
    return this;
  }

  Svg line(double x1, double y1, double x2, double y2) {
    text.append("<path");
    attribute("class", "line");
    attribute("d", "M" + number(x1) + " " + number(y1) + "L" + number(x2) + " " + number(y2));
    text.append("/>");
    return this;
  }

  /** A line down, or slanting down, with a head at its end. */
  Svg arrow(double x1, double y1, double x2, double y2) {
    line(x1, y1, x2, y2);
    text.append("<path");
    attribute("class", "line");
    attribute(
        "d",
        "M"
            + number(x2 - 4)
            + " "
            + number(y2 - 6)
            + "L"
            + number(x2)
            + " "
            + number(y2)
            + "L"
            + number(x2 + 4)
            + " "
            + number(y2 - 6));
    text.append("/>");
    return this;
  }

  String end() {
    return text.append("</svg>\n").toString();
  }

  private void attribute(String name, double value) {
    attribute(name, number(value));
  }

  private void attribute(String name, String value) {
    text.append(' ').append(name).append("=\"").append(escaped(value)).append('"');
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.1f", value);
  }

  /** Shortened to a number of characters. */
  static String shortened(String words, int most) {
    String oneLine = words.strip().replaceAll("\\s+", " ");
    return oneLine.codePointCount(0, oneLine.length()) <= most
        ? oneLine
        : oneLine.substring(0, oneLine.offsetByCodePoints(0, most - 1)) + "…";
  }

  private static String escaped(String words) {
    var escaped = new StringBuilder(words.length() + 16);
    words
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> {
                  // XML has no way to write most control characters, halves of pairs and U+FFFE.
                  boolean can =
                      c == '\n'
                          || c == '\t'
                          || (c >= 0x20 && c < 0xD800)
                          || (c > 0xDFFF && c < 0xFFFE)
                          || c > 0xFFFF;
                  escaped.appendCodePoint(can ? c : 0xFFFD);
                }
              }
            });
    return escaped.toString();
  }
}
