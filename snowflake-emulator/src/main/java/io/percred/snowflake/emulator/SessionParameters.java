package io.percred.snowflake.emulator;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The parameters of one session, with the defaults that the driver relies on. Confined to it. */
final class SessionParameters {
  private final Map<String, JsonPrimitive> values = new TreeMap<>();

  SessionParameters() {
    values.put("AUTOCOMMIT", new JsonPrimitive(true));
    values.put("CLIENT_TELEMETRY_ENABLED", new JsonPrimitive(false));
    values.put("CLIENT_SESSION_KEEP_ALIVE", new JsonPrimitive(false));
    values.put("CLIENT_RESULT_CHUNK_SIZE", new JsonPrimitive(160));
    values.put("CLIENT_PREFETCH_THREADS", new JsonPrimitive(4));
    values.put("CLIENT_MEMORY_LIMIT", new JsonPrimitive(1536));
    // 0 keeps array binds in the request; otherwise the driver uploads large ones to a stage
    values.put("CLIENT_STAGE_ARRAY_BINDING_THRESHOLD", new JsonPrimitive(0));
    values.put("TIMEZONE", new JsonPrimitive("Etc/UTC"));
    values.put("TIMESTAMP_OUTPUT_FORMAT", new JsonPrimitive("YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM"));
    values.put("TIMESTAMP_NTZ_OUTPUT_FORMAT", new JsonPrimitive("YYYY-MM-DD HH24:MI:SS.FF3"));
    values.put("TIMESTAMP_LTZ_OUTPUT_FORMAT", new JsonPrimitive(""));
    values.put("TIMESTAMP_TZ_OUTPUT_FORMAT", new JsonPrimitive(""));
    values.put("TIMESTAMP_TYPE_MAPPING", new JsonPrimitive("TIMESTAMP_NTZ"));
    values.put("DATE_OUTPUT_FORMAT", new JsonPrimitive("YYYY-MM-DD"));
    values.put("TIME_OUTPUT_FORMAT", new JsonPrimitive("HH24:MI:SS"));
    values.put("BINARY_OUTPUT_FORMAT", new JsonPrimitive("HEX"));
    values.put("JDBC_QUERY_RESULT_FORMAT", new JsonPrimitive("JSON"));
    values.put("QUERY_TAG", new JsonPrimitive(""));
  }

  /** Takes over what a login asks for; the result format stays JSON, the only one offered. */
  void adopt(JsonObject asked) {
    for (Map.Entry<String, JsonElement> each : asked.entrySet()) {
      if (each.getValue().isJsonPrimitive()) {
        set(each.getKey(), each.getValue().getAsJsonPrimitive());
      }
    }
  }

  /** Sets a parameter; text that reads as a truth value becomes one if the parameter is one. */
  void set(String name, JsonPrimitive value) {
    String key = name.toUpperCase(Locale.ROOT);
    if (key.equals("JDBC_QUERY_RESULT_FORMAT")
        || key.equals("CLIENT_STAGE_ARRAY_BINDING_THRESHOLD")) {
      return;
    }
    JsonPrimitive current = values.get(key);
    boolean truth = current != null && current.isBoolean() && value.isString();
    values.put(key, truth ? new JsonPrimitive(Boolean.parseBoolean(value.getAsString())) : value);
  }

  void unset(String name) {
    String key = name.toUpperCase(Locale.ROOT);
    JsonPrimitive initial = new SessionParameters().values.get(key);
    if (initial == null) {
      values.remove(key);
    } else {
      values.put(key, initial);
    }
  }

  String text(String name) {
    JsonPrimitive value = values.get(name);
    return value == null ? "" : value.getAsString();
  }

  @Nullable JsonPrimitive get(String name) {
    return values.get(name);
  }

  Map<String, JsonPrimitive> all() {
    return values;
  }

  /** As the login's answer lists them. */
  JsonArray json() {
    JsonArray list = new JsonArray();
    values.forEach((name, value) -> list.add(entry(name, value)));
    return list;
  }

  static JsonObject entry(String name, JsonPrimitive value) {
    JsonObject entry = new JsonObject();
    entry.addProperty("name", name);
    entry.add("value", value);
    return entry;
  }
}
