package io.percred.tokens.json;

import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.ToNumberPolicy;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads texts that are one JSON object and nothing else. A name that stands twice in an object, at
 * whatever depth, makes the text none (RFC 7519, section 4, lets a reader choose between that and
 * taking the last one): two readers must not see two different callers. Numbers become {@code Long}
 * if they fit and {@code Double} otherwise.
 */
public final class JsonObjects {
  private static final int DEEPEST = 64;

  private JsonObjects() {}

  /**
   * What a signed or secret text says, by the letter of RFC 8259.
   *
   * @throws ParseException if it is no JSON object; the message shows nothing of the text
   */
  public static Map<String, Object> strict(String text) throws ParseException {
    return read(text, Strictness.STRICT);
  }

  /**
   * What an endpoint or program says; unescaped control characters in strings are let pass, as some
   * send them.
   *
   * @throws ParseException if it is no JSON object; the message shows nothing of the text
   */
  public static Map<String, Object> tolerant(String text) throws ParseException {
    return read(text, Strictness.LEGACY_STRICT);
  }

  private static Map<String, Object> read(String text, Strictness strictness)
      throws ParseException {
    JsonReader reader = new JsonReader(new StringReader(text));
    reader.setStrictness(strictness);
    reader.setNestingLimit(DEEPEST);
    try {
      if (reader.peek() != JsonToken.BEGIN_OBJECT) {
        throw notAnObject();
      }
      Map<String, Object> object = object(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw notAnObject();
      }
      return object;
    } catch (IOException | JsonParseException | IllegalStateException | NumberFormatException e) {
      throw notAnObject();
    }
  }

  // Nulls are values in JSON.
  @SuppressWarnings("NullAway")
  private static Map<String, Object> object(JsonReader reader) throws IOException, ParseException {
    Map<String, Object> object = new LinkedHashMap<>();
    reader.beginObject();
    while (reader.hasNext()) {
      String name = reader.nextName();
      if (object.containsKey(name)) {
        throw notAnObject();
      }
      object.put(name, value(reader));
    }
    reader.endObject();
    return object;
  }

  private static @Nullable Object value(JsonReader reader) throws IOException, ParseException {
    return switch (reader.peek()) {
      case BEGIN_OBJECT -> object(reader);
      case BEGIN_ARRAY -> array(reader);
      case STRING -> reader.nextString();
      case NUMBER -> ToNumberPolicy.LONG_OR_DOUBLE.readNumber(reader);
      case BOOLEAN -> reader.nextBoolean();
      case NULL -> {
        reader.nextNull();
        yield null;
      }
      default -> throw notAnObject();
    };
  }

  private static List<@Nullable Object> array(JsonReader reader)
      throws IOException, ParseException {
    List<@Nullable Object> array = new ArrayList<>();
    reader.beginArray();
    while (reader.hasNext()) {
      array.add(value(reader));
    }
    reader.endArray();
    return array;
  }

  private static ParseException notAnObject() {
    return new ParseException("not one JSON object", 0);
  }
}
