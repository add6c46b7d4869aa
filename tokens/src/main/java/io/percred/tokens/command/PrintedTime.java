package io.percred.tokens.command;

import java.text.ParseException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Times as command lines print them: seconds or milliseconds since 1970, or date and time with a
 * {@code T} or a blank in between, with any number of decimals and any zone. Without a zone it is
 * UTC with a {@code T} or in gcloud's object with {@code datetime}, which holds a {@code datetime}
 * of Python in UTC, and local time with a blank, as the Azure command line prints it.
 */
final class PrintedTime {
  /** Later than any time in seconds that makes sense, earlier than any in milliseconds. */
  private static final double MILLISECONDS_FROM = 1e11;

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral('T')
          .appendPattern("HH:mm[:ss]")
          .optionalStart()
          .appendFraction(ChronoField.NANO_OF_SECOND, 1, 9, true)
          .optionalEnd()
          .optionalStart()
          .appendLiteral(' ')
          .optionalEnd()
          .appendPattern("[XXX][XX][X][z]")
          .toFormatter(Locale.ROOT);

  private PrintedTime() {}

  /**
   * The time.
   *
   * @throws ParseException if it is none
   */
  static Instant of(Object told) throws ParseException {
    if (told instanceof Map<?, ?> object) {
      return ofObject(object);
    }
    if (told instanceof String text && !text.strip().matches("\\d+(\\.\\d+)?")) {
      boolean isLocal = text.strip().matches("\\S+ \\S+");
      return ofText(text, isLocal ? ZoneId.systemDefault() : ZoneOffset.UTC);
    }
    double number = number(told);
    double millis = number < MILLISECONDS_FROM ? number * 1000 : number;
    return Instant.ofEpochMilli((long) millis);
  }

  /** A number, or the text of one. */
  static double number(@Nullable Object told) throws ParseException {
    try {
      return told instanceof Number number
          ? number.doubleValue()
          : Double.parseDouble(String.valueOf(told));
    } catch (NumberFormatException e) {
      throw new ParseException("not a number", 0);
    }
  }

  private static Instant ofObject(Map<?, ?> object) throws ParseException {
    if (!(object.get("datetime") instanceof String text)) {
      throw new ParseException("not a time", 0);
    }
    return ofText(text, ZoneOffset.UTC);
  }

  private static Instant ofText(String text, ZoneId unsaid) throws ParseException {
    String time = text.strip().replaceFirst("^(\\d{4}-\\d{2}-\\d{2}) +", "$1T");
    String zoned = time.replaceFirst("(?<=\\d) ?(UTC|GMT)$", "Z");
    try {
      return TIME.parseBest(zoned, OffsetDateTime::from, LocalDateTime::from)
              instanceof OffsetDateTime told
          ? told.toInstant()
          : LocalDateTime.parse(zoned, TIME).atZone(unsaid).toInstant();
    } catch (DateTimeException e) {
      throw new ParseException("not a time", 0);
    }
  }
}
