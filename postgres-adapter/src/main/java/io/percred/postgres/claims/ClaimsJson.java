package io.percred.postgres.claims;

import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.ToNumberPolicy;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URL;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Claims as JSON text, and back. */
final class ClaimsJson {
  private static final int DEEPEST = 64;
  private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000);

  private ClaimsJson() {}

  /**
   * A value as JSON. Besides what JSON has, instants and dates become NumericDates (RFC 7519,
   * section 2), and URIs, UUIDs and constants their text, because that is what frameworks make of
   * claims.
   *
   * @throws IllegalArgumentException if it holds something that JSON has not, saying of what class
   */
  static String write(@Nullable Object value) {
    StringWriter text = new StringWriter();
    JsonWriter out = new JsonWriter(text);
    try {
      write(out, value, 0);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** A text as it is, null as nothing, anything else as JSON. */
  static String textOf(@Nullable Object value) {
    if (value == null) {
      return "";
    }
    return value instanceof String text ? text : write(value);
  }

  private static void write(JsonWriter out, @Nullable Object value, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw new IllegalArgumentException("they are nested deeper than " + DEEPEST + " levels");
    }
    if (value == null) {
      out.nullValue();
    } else if (value instanceof Map<?, ?> object) {
      out.beginObject();
      for (Map.Entry<?, ?> member : object.entrySet()) {
        out.name(String.valueOf(member.getKey()));
        write(out, member.getValue(), depth + 1);
      }
      out.endObject();
    } else if (value instanceof Iterable<?> array) {
      out.beginArray();
      for (Object element : array) {
        write(out, element, depth + 1);
      }
      out.endArray();
    } else {
      writeScalar(out, value);
    }
  }

  @SuppressWarnings("JavaUtilDate") // Frameworks put them into claims.
  private static void writeScalar(JsonWriter out, Object value) throws IOException {
    if (value instanceof Boolean truth) {
      out.value(truth);
    } else if (value instanceof Double || value instanceof Float) {
      writeFraction(out, ((Number) value).doubleValue());
    } else if (value instanceof Number number) {
      out.value(number);
    } else if (value instanceof Instant instant) {
      writeInstant(out, instant);
    } else if (value instanceof Date date) {
      writeInstant(out, Instant.ofEpochMilli(date.getTime()));
    } else if (isText(value)) {
      out.value(value.toString());
    } else {
      throw new IllegalArgumentException("they hold a value of " + value.getClass());
    }
  }

  private static boolean isText(Object value) {
    return value instanceof CharSequence
        || value instanceof URI
        || value instanceof URL
        || value instanceof UUID
        || value instanceof Enum<?>;
  }

  /** Without an exponent where people would write none, so that casts to integer types work. */
  private static void writeFraction(JsonWriter out, double number) throws IOException {
    if (Double.isFinite(number) && Math.abs(number) < 1e21) {
      writePlain(out, BigDecimal.valueOf(number));
    } else {
      out.value(number);
    }
  }

  private static void writeInstant(JsonWriter out, Instant instant) throws IOException {
    BigDecimal fraction = BigDecimal.valueOf(instant.getNano()).divide(NANOS);
    writePlain(out, BigDecimal.valueOf(instant.getEpochSecond()).add(fraction));
  }

  private static void writePlain(JsonWriter out, BigDecimal number) throws IOException {
    out.jsonValue(number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString());
  }

  /**
   * Reads an object; numbers stay as they are written.
   *
   * @throws IllegalArgumentException if it is not one JSON object, or a name occurs twice in one
   */
  static Map<String, Object> read(String text) {
    JsonReader in = new JsonReader(new StringReader(text));
    in.setStrictness(Strictness.STRICT);
    in.setNestingLimit(DEEPEST);
    try {
      Map<String, Object> object = readObject(in);
      if (in.peek() != JsonToken.END_DOCUMENT) {
        throw new IllegalArgumentException("something follows the object");
      }
      return object;
    } catch (IOException | IllegalStateException | JsonParseException e) {
      // Whatever was wrong, the message would quote the token.
      throw new IllegalArgumentException("it is not a JSON object");
    }
  }

  // Nulls are values in JSON.
  @SuppressWarnings("NullAway")
  private static Map<String, Object> readObject(JsonReader in) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    in.beginObject();
    while (in.hasNext()) {
      String name = in.nextName();
      if (object.containsKey(name)) {
        throw new IllegalArgumentException("a name occurs twice in an object");
      }
      object.put(name, readValue(in));
    }
    in.endObject();
    return object;
  }

  // Nulls are values in JSON.
  @SuppressWarnings("NullAway")
  private static @Nullable Object readValue(JsonReader in) throws IOException {
    switch (in.peek()) {
      case BEGIN_OBJECT -> {
        return readObject(in);
      }
      case BEGIN_ARRAY -> {
        List<Object> array = new ArrayList<>();
        in.beginArray();
        while (in.hasNext()) {
          array.add(readValue(in));
        }
        in.endArray();
        return array;
      }
      case NUMBER -> {
        return ToNumberPolicy.LAZILY_PARSED_NUMBER.readNumber(in);
      }
      case BOOLEAN -> {
        return in.nextBoolean();
      }
      case NULL -> {
        in.nextNull();
        return null;
      }
      default -> {
        return in.nextString();
      }
    }
  }
}
