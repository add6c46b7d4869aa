package io.percred.benchmarks;

import io.percred.benchmarks.Rounds.Seen;
import java.util.Locale;
import java.util.Map;

/**
 * Ratios as an SVG picture: a dot at the median, a line over the middle half of the rounds, a
 * logarithmic axis.
 */
final class Chart {
  private static final int LINE = 18;
  private static final int LEFT = 300;
  private static final int WIDTH = 480;
  private static final int RIGHT = 70;
  private static final int TOP = 56;
  private static final double FROM = 0.8;
  private static final double TO = 10;

  private final String title;
  private final StringBuilder body = new StringBuilder();
  private int y = TOP;

  Chart(String title) {
    this.title = title;
  }

  /** Draws what was seen of one workload below the others. */
  void add(Workload workload, Map<Variant, Seen> seen) {
    y += LINE;
    text(10, "start", "font-weight=\"bold\"", workload.title());
    seen.forEach(
        (variant, figures) -> {
          y += LINE;
          text(LEFT - 10, "end", "", variant.toString());
          draw(figures.ratio(), colour(variant));
        });
    y += LINE / 2;
  }

  private static String colour(Variant variant) {
    return switch (variant.technique()) {
      case PLAIN -> "#444444";
      case PERCRED -> "#0b62a4";
      default -> "#b5541c";
    };
  }

  private void draw(Quartiles ratio, String colour) {
    body.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"%s\" stroke-width=\"3\""
                + " stroke-opacity=\"0.4\"/><circle cx=\"%.1f\" cy=\"%d\" r=\"4\" fill=\"%s\"/>%n",
            x(ratio.first()),
            x(ratio.third()),
            y - 4,
            y - 4,
            colour,
            x(ratio.median()),
            y - 4,
            colour));
    text(LEFT + WIDTH + 8, "start", "", String.format(Locale.ROOT, "%.2f", ratio.median()));
  }

  private void text(int x, String anchor, String more, String text) {
    body.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" %s>%s</text>%n",
            x,
            y,
            anchor,
            more,
            text));
  }

  private static double x(double ratio) {
    double bounded = Math.max(FROM, Math.min(TO, ratio));
    return LEFT + WIDTH * Math.log(bounded / FROM) / Math.log(TO / FROM);
  }

  /** The whole picture. */
  String svg() {
    StringBuilder svg = new StringBuilder();
    int width = LEFT + WIDTH + RIGHT;
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " font-family=\"sans-serif\" font-size=\"12\">%n"
                + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n"
                + "<text x=\"10\" y=\"22\" font-size=\"15\">%s</text>%n",
            width,
            y + LINE,
            width,
            title));
    for (double tick : new double[] {1, 1.5, 2, 3, 4, 6, 8}) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\" stroke=\"#cccccc\"/>"
                  + "<text x=\"%1$.1f\" y=\"%4$d\" text-anchor=\"middle\">%5$s</text>%n",
              x(tick),
              TOP,
              y,
              TOP - 8,
              tick == 1.5 ? "1.5" : Integer.toString((int) tick)));
    }
    return svg.append(body).append("</svg>\n").toString();
  }
}
