package io.percred.snowflake.emulator;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Builds the answers of the query endpoints. Immutable. */
final class QueryAnswers {
  private static final int MULTI_STATEMENT = 0xA000;
  private static final String ROWSET = "\"rowset\":[";

  private final Clock clock;

  QueryAnswers(Clock clock) {
    this.clock = clock;
  }

  /**
   * A finished query.
   *
   * @param chunkBase where further rows are fetched: their number is appended
   */
  Answer finished(Session session, String queryId, Result result, String chunkBase) {
    JsonObject data = new JsonObject();
    data.addProperty("queryId", queryId);
    data.addProperty("statementTypeId", result.kind().id);
    data.addProperty("queryResultFormat", "json");
    data.add("parameters", session.parameters.json());
    JsonArray rowtype = new JsonArray();
    result.columns().forEach(column -> rowtype.add(column.json()));
    data.add("rowtype", rowtype);
    data.addProperty("total", result.rowset().total());
    data.addProperty("returned", result.rowset().total());
    data.addProperty("finalDatabaseName", session.database());
    data.addProperty("finalSchemaName", session.schema());
    data.addProperty("finalRoleName", session.role());
    data.addProperty("finalWarehouseName", session.warehouse());
    data.addProperty("numberOfBinds", result.binds());
    data.addProperty("arrayBindSupported", result.kind().isDml() && result.binds() > 0);
    data.add("metaDataOfBinds", binds(result.binds()));
    data.addProperty("version", 1);
    data.addProperty("sendResultTime", clock.millis());
    if (!result.rowset().further().isEmpty()) {
      data.add("chunks", chunks(result.rowset(), chunkBase));
    }
    JsonObject json = new JsonObject();
    json.add("code", JsonNull.INSTANCE);
    json.add("message", JsonNull.INSTANCE);
    json.addProperty("success", true);
    data.add("rowset", new JsonArray());
    json.add("data", data);
    return new Answer(200, insert(Answer.bytes(json), result.rowset().first().json()));
  }

  /** A text of several statements, all of them done: their results are fetched one by one. */
  Answer several(Session session, String queryId, List<RunningQuery> done) {
    JsonObject data = new JsonObject();
    data.addProperty("queryId", queryId);
    data.addProperty("statementTypeId", MULTI_STATEMENT);
    data.addProperty("queryResultFormat", "json");
    data.add("parameters", session.parameters.json());
    data.addProperty(
        "resultIds", done.stream().map(each -> each.id).collect(Collectors.joining(",")));
    data.addProperty(
        "resultTypes",
        done.stream()
            .map(each -> String.valueOf(Objects.requireNonNull(each.result()).kind().id))
            .collect(Collectors.joining(",")));
    JsonArray rowtype = new JsonArray();
    rowtype.add(Column.text("multiple statement execution").json());
    data.add("rowtype", rowtype);
    JsonArray row = new JsonArray();
    row.add("Multiple statements executed successfully.");
    JsonArray rowset = new JsonArray();
    rowset.add(row);
    data.add("rowset", rowset);
    data.addProperty("total", 1);
    data.addProperty("returned", 1);
    data.addProperty("finalDatabaseName", session.database());
    data.addProperty("finalSchemaName", session.schema());
    data.addProperty("finalRoleName", session.role());
    data.addProperty("finalWarehouseName", session.warehouse());
    data.addProperty("version", 1);
    return Answer.success(data);
  }

  /** Not finished: where to ask again. Code 333334 tells the driver not to wait. */
  Answer inProgress(String queryId, boolean async) {
    JsonObject data = new JsonObject();
    data.addProperty("queryId", queryId);
    data.addProperty("getResultUrl", "/queries/" + queryId + "/result");
    data.addProperty("queryAbortsAfterSecs", 300);
    JsonObject json = new JsonObject();
    json.add("data", data);
    json.addProperty("code", async ? "333334" : "333333");
    json.addProperty(
        "message",
        async
            ? "Query execution in progress. Asynchronous execution requested."
            : "Query in progress.");
    json.addProperty("success", true);
    return Answer.json(json);
  }

  Answer failed(String queryId, SnowflakeError error) {
    JsonObject data = new JsonObject();
    data.addProperty("queryId", queryId);
    data.addProperty("internalError", false);
    data.addProperty("line", 1);
    data.addProperty("pos", 0);
    data.addProperty("type", "COMPILATION");
    return Answer.error(error, data);
  }

  /** What monitoring says of a query; of an unknown one nothing. */
  Answer status(Session session, @Nullable RunningQuery query) {
    JsonArray queries = new JsonArray();
    if (query != null) {
      SnowflakeError error = query.error();
      JsonObject one = new JsonObject();
      one.addProperty("id", query.id);
      one.addProperty(
          "status", !query.isDone() ? "RUNNING" : error == null ? "SUCCESS" : "FAILED_WITH_ERROR");
      one.addProperty("sqlText", query.sql);
      one.addProperty("startTime", query.begun.toEpochMilli());
      one.addProperty("endTime", query.isDone() ? clock.millis() : 0);
      one.addProperty("totalDuration", clock.millis() - query.begun.toEpochMilli());
      one.addProperty("sessionId", session.id);
      one.addProperty("state", query.isDone() ? "FINISHED" : "EXECUTING");
      if (error != null) {
        one.addProperty("errorCode", error.code());
        one.addProperty("errorMessage", error.text());
      }
      queries.add(one);
    }
    JsonObject data = new JsonObject();
    data.add("queries", queries);
    return Answer.success(data);
  }

  private static JsonArray binds(int count) {
    JsonArray binds = new JsonArray();
    for (int i = 0; i < count; i++) {
      binds.add(Column.text("?").json());
    }
    return binds;
  }

  private static JsonArray chunks(Rowset rowset, String chunkBase) {
    JsonArray chunks = new JsonArray();
    for (int i = 0; i < rowset.further().size(); i++) {
      Rowset.Part part = rowset.further().get(i);
      JsonObject chunk = new JsonObject();
      chunk.addProperty("url", chunkBase + i);
      chunk.addProperty("rowCount", part.count());
      chunk.addProperty("uncompressedSize", part.json().length);
      chunk.addProperty("compressedSize", part.json().length);
      chunks.add(chunk);
    }
    return chunks;
  }

  /**
   * Puts rows, which are JSON text already, where the empty rowset is: the last one in the text.
   */
  private static byte[] insert(byte[] answer, byte[] rows) {
    String text = new String(answer, StandardCharsets.UTF_8);
    int at =
        text.substring(0, text.lastIndexOf(ROWSET) + ROWSET.length())
            .getBytes(StandardCharsets.UTF_8)
            .length;
    ByteArrayOutputStream out = new ByteArrayOutputStream(answer.length + rows.length);
    out.write(answer, 0, at);
    out.write(rows, 0, rows.length);
    out.write(answer, at, answer.length - at);
    return out.toByteArray();
  }
}
