package io.percred.snowflake.emulator;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The values of a statement's bind variables: one row of them, or many for an array bind. */
final class Binds {
  static final Binds NONE = new Binds(List.of());

  private final List<Bind> positions;

  private record Bind(String type, List<@Nullable String> values, boolean array) {}

  private Binds(List<Bind> positions) {
    this.positions = positions;
  }

  /** Reads {@code bindings} of a query request: positions from "1", each with type and value. */
  static Binds of(@Nullable JsonElement bindings) {
    if (bindings == null || !bindings.isJsonObject()) {
      return NONE;
    }
    JsonObject byPosition = bindings.getAsJsonObject();
    List<Bind> positions = new ArrayList<>();
    for (int i = 1; byPosition.has(Integer.toString(i)); i++) {
      JsonObject bind = byPosition.getAsJsonObject(Integer.toString(i));
      JsonElement value = bind.get("value");
      List<@Nullable String> values = new ArrayList<>();
      boolean array = value != null && value.isJsonArray();
      if (array) {
        value
            .getAsJsonArray()
            .forEach(each -> values.add(each.isJsonNull() ? null : each.getAsString()));
      } else {
        values.add(value == null || value.isJsonNull() ? null : value.getAsString());
      }
      positions.add(new Bind(bind.get("type").getAsString(), values, array));
    }
    return new Binds(positions);
  }

  int count() {
    return positions.size();
  }

  /** How often the statement runs: 1, or the length of the arrays. */
  int rows() {
    return positions.isEmpty() ? 1 : positions.get(0).values().size();
  }

  boolean isArray() {
    return !positions.isEmpty() && positions.get(0).array();
  }

  void apply(PreparedStatement statement, int row) throws SQLException, SnowflakeError {
    for (int i = 0; i < positions.size(); i++) {
      Bind bind = positions.get(i);
      String value = bind.values().get(row);
      try {
        statement.setObject(i + 1, value == null ? null : decode(bind.type(), value));
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw new SnowflakeError(
            "100038", "22018", "Bind variable " + (i + 1) + " is no " + bind.type() + ".");
      }
    }
  }

  private static Object decode(String type, String value) {
    return switch (type) {
      case "FIXED" -> number(value);
      case "REAL" -> Double.valueOf(value);
      case "BOOLEAN" -> value.equals("1") || value.equalsIgnoreCase("true");
      case "DATE" -> LocalDate.ofEpochDay(Math.floorDiv(Long.parseLong(value), 86_400_000L));
      case "TIME" -> LocalTime.ofNanoOfDay(Long.parseLong(value));
      case "TIMESTAMP_NTZ" -> LocalDateTime.ofInstant(instant(value), ZoneOffset.UTC);
      case "TIMESTAMP", "TIMESTAMP_LTZ" -> instant(value).atOffset(ZoneOffset.UTC);
      case "TIMESTAMP_TZ" -> withOffset(value);
      case "BINARY" -> HexFormat.of().parseHex(value);
      default -> value;
    };
  }

  private static Object number(String value) {
    BigDecimal number = new BigDecimal(value);
    return number.scale() <= 0 && number.precision() <= 18 ? number.longValueExact() : number;
  }

  private static Instant instant(String nanos) {
    BigDecimal[] parts =
        new BigDecimal(nanos).divideAndRemainder(BigDecimal.valueOf(1_000_000_000L));
    return Instant.ofEpochSecond(parts[0].longValueExact(), parts[1].longValueExact());
  }

  private static OffsetDateTime withOffset(String value) {
    String[] parts = value.split(" ", 2);
    int minutes = parts.length < 2 ? 0 : Integer.parseInt(parts[1]) - 1440;
    return instant(parts[0]).atOffset(ZoneOffset.ofTotalSeconds(minutes * 60));
  }
}
