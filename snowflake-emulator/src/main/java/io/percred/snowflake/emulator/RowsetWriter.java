package io.percred.snowflake.emulator;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Blob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBStruct;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows as the driver reads them: every value a string. The first chunk is small, as at
 * Snowflake, so that a small result is one request. Confined to one call.
 */
final class RowsetWriter {
  private static final int FIRST_CHUNK = 10_000;
  private static final int CHUNK = 50_000;
  private static final Gson GSON = new Gson();

  private final List<Rowset.Part> chunks = new ArrayList<>();
  private Buffer buffer = new Buffer();

  /** The chunk being written. */
  private static final class Buffer {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    final JsonWriter json = new JsonWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8));
    int rows;
  }

  static Rowset of(ResultSet rows, List<Column> columns) throws SQLException {
    RowsetWriter writer = new RowsetWriter();
    String[] values = new String[columns.size()];
    while (rows.next()) {
      for (int i = 0; i < values.length; i++) {
        values[i] = text(rows, i + 1, columns.get(i).type());
      }
      writer.row(values);
    }
    return writer.finish();
  }

  static Rowset of(List<? extends List<? extends @Nullable String>> rows) {
    RowsetWriter writer = new RowsetWriter();
    for (List<? extends @Nullable String> row : rows) {
      writer.row(row.toArray(new @Nullable String[0]));
    }
    return writer.finish();
  }

  private void row(@Nullable String[] values) {
    if (buffer.rows == (chunks.isEmpty() ? FIRST_CHUNK : CHUNK)) {
      flush();
    }
    try {
      // within one array, so that the writer puts the commas; its brackets are cut off at the end
      if (buffer.rows++ == 0) {
        buffer.json.beginArray();
      }
      buffer.json.beginArray();
      for (String value : values) {
        buffer.json.value(value);
      }
      buffer.json.endArray();
    } catch (IOException e) {
      throw new IllegalStateException("Writing to memory failed", e);
    }
  }

  private void flush() {
    try {
      if (buffer.rows == 0) {
        buffer.json.beginArray();
      }
      buffer.json.endArray();
      buffer.json.close();
    } catch (IOException e) {
      throw new IllegalStateException("Writing to memory failed", e);
    }
    byte[] array = buffer.bytes.toByteArray();
    byte[] rows = Arrays.copyOfRange(array, 1, array.length - 1);
    chunks.add(new Rowset.Part(rows, buffer.rows));
    buffer = new Buffer();
  }

  private Rowset finish() {
    flush();
    Rowset.Part first = chunks.remove(0);
    return new Rowset(first, List.copyOf(chunks));
  }

  private static @Nullable String text(ResultSet rows, int column, String type)
      throws SQLException {
    Object value =
        type.equals("timestamp_ntz")
            ? rows.getObject(column, LocalDateTime.class)
            : rows.getObject(column);
    if (value == null) {
      return null;
    }
    if (value instanceof BigDecimal number) {
      return number.toPlainString();
    }
    if (value instanceof Boolean truth) {
      return truth ? "1" : "0";
    }
    if (value instanceof LocalDate date) {
      return Long.toString(date.toEpochDay());
    }
    if (value instanceof LocalTime time) {
      return BigDecimal.valueOf(time.toNanoOfDay(), 9).toPlainString();
    }
    if (value instanceof LocalDateTime time) {
      return decimal(time.toInstant(ZoneOffset.UTC));
    }
    if (value instanceof OffsetDateTime time) {
      return decimal(time.toInstant());
    }
    if (value instanceof Double number && number.isInfinite()) {
      return number > 0 ? "inf" : "-inf";
    }
    if (value instanceof Blob blob) {
      return HexFormat.of().withUpperCase().formatHex(blob.getBytes(1, (int) blob.length()));
    }
    return type.equals("array") || type.equals("object")
        ? GSON.toJson(json(value))
        : value.toString();
  }

  /** Seconds since the epoch; before it, the fraction counts backwards as well. */
  private static String decimal(Instant instant) {
    return BigDecimal.valueOf(instant.getEpochSecond())
        .add(BigDecimal.valueOf(instant.getNano(), 9))
        .toPlainString();
  }

  private static JsonElement json(@Nullable Object value) throws SQLException {
    if (value == null) {
      return JsonNull.INSTANCE;
    }
    if (value instanceof Array array) {
      JsonArray list = new JsonArray();
      for (Object each : (Object[]) array.getArray()) {
        list.add(json(each));
      }
      return list;
    }
    if (value instanceof DuckDBStruct struct) {
      return json(struct.getMap());
    }
    if (value instanceof Map<?, ?> map) {
      JsonObject object = new JsonObject();
      for (Map.Entry<?, ?> each : map.entrySet()) {
        object.add(String.valueOf(each.getKey()), json(each.getValue()));
      }
      return object;
    }
    if (value instanceof Number number) {
      return new JsonPrimitive(number);
    }
    return value instanceof Boolean truth
        ? new JsonPrimitive(truth)
        : new JsonPrimitive(value.toString());
  }
}
