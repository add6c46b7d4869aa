package io.percred.snowflake.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Calendar;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryIT {
  private static SnowflakeEmulator emulator;
  private Connection connection;

  @BeforeAll
  static void start() throws Exception {
    emulator = SnowflakeEmulator.builder().start();
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  @BeforeEach
  void connect() throws SQLException {
    connection = Driver.connect(emulator, "alice", "ANALYST");
    Driver.update(connection, "use demo.public");
  }

  @AfterEach
  void disconnect() throws SQLException {
    connection.close();
  }

  @Test
  void valuesOfEveryTypeArriveAsWritten() throws SQLException {
    String sql =
        """
        select 42::number as i, 12345678901234567890123456789012345678::number as big,
          1.50::number(10,2) as dec, 1.5::float as f, 'it''s \\n' as t, true as yes, false as no,
          '2026-02-03'::date as d, '10:11:12.125'::time as ti,
          '2026-02-03 04:05:06.123456'::timestamp_ntz as ntz, '1969-12-31 23:59:58.5'::timestamp_ntz as old,
          '2026-02-03 04:05:06+02:00'::timestamp_ltz as ltz, to_json([1, 2])::variant as v, null as nothing,
          unhex('CAFE') as b, [1, null, 3] as a, {'k': 'v'} as o
        """;
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      assertThat(row.next()).isTrue();
      assertThat(row.getInt("I")).isEqualTo(42);
      assertThat(row.getBigDecimal("BIG"))
          .isEqualTo(new BigDecimal("12345678901234567890123456789012345678"));
      assertThat(row.getBigDecimal("DEC")).isEqualTo(new BigDecimal("1.50"));
      assertThat(row.getDouble("F")).isEqualTo(1.5);
      assertThat(row.getString("T")).isEqualTo("it's \n");
      assertThat(row.getBoolean("YES")).isTrue();
      assertThat(row.getBoolean("NO")).isFalse();
      assertThat(row.getDate("D").toLocalDate()).isEqualTo(LocalDate.of(2026, 2, 3));
      assertThat(row.getTime("TI").toLocalTime()).hasToString("10:11:12");
      Calendar utc = Calendar.getInstance(TimeZone.getTimeZone("UTC"));
      assertThat(row.getTimestamp("NTZ", utc).toInstant())
          .isEqualTo(Instant.parse("2026-02-03T04:05:06.123456Z"));
      assertThat(row.getTimestamp("OLD", utc).toInstant())
          .isEqualTo(Instant.parse("1969-12-31T23:59:58.5Z"));
      assertThat(row.getTimestamp("LTZ").toInstant())
          .isEqualTo(Instant.parse("2026-02-03T02:05:06Z"));
      assertThat(row.getString("V")).isEqualTo("[1,2]");
      assertThat(row.getObject("NOTHING")).isNull();
      assertThat(row.getBytes("B")).isEqualTo(new byte[] {(byte) 0xCA, (byte) 0xFE});
      assertThat(row.getString("A")).isEqualTo("[1,null,3]");
      assertThat(row.getString("O")).isEqualTo("{\"k\":\"v\"}");
      assertThat(row.next()).isFalse();
      ResultSetMetaData metadata = row.getMetaData();
      assertThat(metadata.getColumnType(1)).isEqualTo(Types.BIGINT);
      assertThat(metadata.getPrecision(3)).isEqualTo(10);
      assertThat(metadata.getScale(3)).isEqualTo(2);
      assertThat(metadata.getColumnType(8)).isEqualTo(Types.DATE);
      assertThat(metadata.getColumnTypeName(10)).isEqualTo("TIMESTAMPNTZ");
    }
  }

  @Test
  void bindsOfEveryTypeArriveAsSet() throws SQLException {
    Driver.update(
        connection,
        "create or replace table every_type(i number, dec number(10,2), f float, t varchar, b boolean, d date, ti time, ts timestamp_ntz, bin binary, n varchar)");
    try (PreparedStatement insert =
        connection.prepareStatement("insert into every_type select ?, ?, ?, ?, ?, ?, ?, ?, ?, ?")) {
      insert.setLong(1, 7);
      insert.setBigDecimal(2, new BigDecimal("5.25"));
      insert.setDouble(3, 0.5);
      insert.setString(4, "it's");
      insert.setBoolean(5, true);
      insert.setDate(6, Date.valueOf("2026-02-03"));
      insert.setTime(7, Time.valueOf("10:11:12"));
      insert.setTimestamp(8, Timestamp.valueOf("2026-02-03 04:05:06.5"));
      insert.setBytes(9, new byte[] {1, 2});
      insert.setNull(10, Types.VARCHAR);
      assertThat(insert.executeUpdate()).isEqualTo(1);
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select * from every_type")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getLong(1)).isEqualTo(7);
      assertThat(row.getBigDecimal(2)).isEqualTo(new BigDecimal("5.25"));
      assertThat(row.getDouble(3)).isEqualTo(0.5);
      assertThat(row.getString(4)).isEqualTo("it's");
      assertThat(row.getBoolean(5)).isTrue();
      assertThat(row.getDate(6)).isEqualTo(Date.valueOf("2026-02-03"));
      assertThat(row.getTime(7).toLocalTime()).hasToString("10:11:12");
      assertThat(row.getTimestamp(8)).isEqualTo(Timestamp.valueOf("2026-02-03 04:05:06.5"));
      assertThat(row.getBytes(9)).isEqualTo(new byte[] {1, 2});
      assertThat(row.getString(10)).isNull();
    }
  }

  @Test
  void parameterisedQueryIsOneRequest() throws SQLException {
    Counters before = emulator.counters();
    try (PreparedStatement query = connection.prepareStatement("select ? + 1, ? as t")) {
      query.setInt(1, 41);
      query.setString(2, "x");
      try (ResultSet row = query.executeQuery()) {
        assertThat(row.next()).isTrue();
        assertThat(row.getInt(1)).isEqualTo(42);
        assertThat(row.getString("T")).isEqualTo("x");
      }
    }
    assertThat(emulator.counters().since(before).totalRequests()).isEqualTo(1);
  }

  @Test
  void missingBindIsAnError() throws SQLException {
    assertThatThrownBy(() -> Driver.value(connection, "select ?"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(2049));
  }

  @Test
  void dmlTellsHowManyRows() throws SQLException {
    Driver.update(connection, "create or replace table counted(id number, name varchar)");
    assertThat(Driver.update(connection, "insert into counted values (1, 'a'), (2, 'b'), (3, 'c')"))
        .isEqualTo(3);
    assertThat(Driver.update(connection, "update counted set name = 'z' where id > 1"))
        .isEqualTo(2);
    assertThat(
            Driver.update(
                connection,
                "merge into counted t using (select 3 as id, 'm' as name union all select 4, 'n') s on t.id = s.id when matched then update set name = s.name when not matched then insert (id, name) values (s.id, s.name)"))
        .isEqualTo(2);
    assertThat(Driver.update(connection, "delete from counted where id = 1")).isEqualTo(1);
    assertThat(
            Driver.value(connection, "select count(*) from counted where name in ('z', 'm', 'n')"))
        .isEqualTo("3");
    Driver.update(connection, "truncate table counted");
    assertThat(Driver.value(connection, "select count(*) from counted")).isEqualTo("0");
  }

  @Test
  void batchTravelsAsOneArrayBindAndIsAllOrNothing() throws SQLException {
    Driver.update(
        connection, "create or replace table batched(id number primary key, name varchar)");
    Counters before = emulator.counters();
    try (PreparedStatement insert =
        connection.prepareStatement("insert into batched values (?, ?)")) {
      for (int i = 0; i < 1000; i++) {
        insert.setInt(1, i);
        insert.setString(2, i % 2 == 0 ? "even" : null);
        insert.addBatch();
      }
      assertThat(insert.executeBatch()).hasSize(1000).containsOnly(1);
    }
    assertThat(emulator.counters().since(before).requests(Endpoint.QUERY)).isEqualTo(2);
    assertThat(Driver.value(connection, "select count(*) || '/' || count(name) from batched"))
        .isEqualTo("1000/500");
    try (PreparedStatement insert =
        connection.prepareStatement("insert into batched values (?, ?)")) {
      for (int id : new int[] {5000, 1}) {
        insert.setInt(1, id);
        insert.setString(2, "again");
        insert.addBatch();
      }
      assertThatThrownBy(insert::executeBatch).isInstanceOf(SQLException.class);
    }
    assertThat(Driver.value(connection, "select count(*) from batched")).isEqualTo("1000");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          select iff(1 > 2, 'a', 'b')                                  | b
          select nvl(null, 'x')                                        | x
          select to_varchar(5)                                         | 5
          select dateadd(day, 1, '2026-01-31'::date)                   | 2026-02-01
          select dateadd('month', 1, '2026-01-31'::date)               | 2026-02-28
          select datediff(day, '2026-01-01'::date, '2026-02-01'::date) | 31
          select date_trunc('month', '2026-02-03'::date)               | 2026-02-01
          select $$a'b$$                                               | a'b
          select 'a\\'b' // comment                                    | a'b
          select /* in /* line */ 1                                    | 1
          select 2 minus select 3                                      | 2
          select max(seq4()) from table(generator(rowcount => 10))     | 9
          select a from (values (1),(2)) v(a) qualify row_number() over (order by a desc) = 1 | 2
          select cast('1.20' as number(5,1))                           | 1.2
          select concat(current_database(), '.', current_schema())      | DEMO.PUBLIC
          select count(*) from demo.information_schema.tables where table_name = 'NOSUCH' | 0
          """)
  void dialectOfSnowflakeIsUnderstood(String sql, String expected) throws SQLException {
    assertThat(Driver.value(connection, sql)).isEqualTo(expected);
  }

  @Test
  void columnsAreNamedAsSnowflakeNamesThem() throws SQLException {
    String sql =
        "select 1 as one, 2 \"Two\", current_user(), count(*), 1 + 1 three, 'a'::varchar, case when true then 1 end from (select 1)";
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      ResultSetMetaData metadata = row.getMetaData();
      String[] names = new String[metadata.getColumnCount()];
      for (int i = 0; i < names.length; i++) {
        names[i] = metadata.getColumnLabel(i + 1);
      }
      assertThat(names)
          .containsExactly(
              "ONE",
              "Two",
              "CURRENT_USER()",
              "COUNT(*)",
              "THREE",
              "'A'::VARCHAR",
              "CASE WHEN TRUE THEN 1 END");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "select * from nosuch, 2003, 42S02",
    "selec 1, 1003, 42000",
    "select nosuch from (select 1), 904, 42000",
    "select 'a'::int, 100038, 22018",
    "use database nosuch, 2043, 02000",
    "select 1; select 2, 8, 0A000",
    "attach 'x' as y, 1003, 42000",
    "create macro m() as 1, 2, 0A000",
    "copy x to 'y', 1003, 42000",
  })
  void errorsCarrySnowflakesCodesAndStates(String sql, int code, String state) {
    SQLException e = catchThrowableOfType(SQLException.class, () -> Driver.value(connection, sql));
    assertThat(e.getErrorCode()).isEqualTo(code);
    assertThat(e.getSQLState()).isEqualTo(state);
  }

  @Test
  void filesOfTheHostAreOutOfReach() {
    assertThatThrownBy(
            () -> Driver.value(connection, "select count(*) from read_csv('/etc/hosts')"))
        .isInstanceOf(SQLException.class);
  }

  @Test
  void failedStatementIsInTheAccessLogWithItsCode() {
    emulator.accessLog().clear();
    assertThatThrownBy(() -> Driver.value(connection, "select * from nosuch"))
        .isInstanceOf(SQLException.class);
    assertThat(emulator.accessLog().queriesOf("ALICE"))
        .singleElement()
        .extracting(AccessLog.Query::errorCode)
        .isEqualTo("002003");
  }

  @Test
  void preparedStatementDescribesItsResultBeforeItRuns() throws SQLException {
    Driver.update(connection, "create or replace table described(id number, name varchar)");
    try (PreparedStatement query =
        connection.prepareStatement("select id, name from described where id = ?")) {
      ResultSetMetaData metadata = query.getMetaData();
      assertThat(metadata.getColumnCount()).isEqualTo(2);
      assertThat(metadata.getColumnName(2)).isEqualTo("NAME");
      assertThat(query.getParameterMetaData().getParameterCount()).isEqualTo(1);
    }
    assertThat(emulator.accessLog().queries())
        .noneMatch(query -> query.sql().startsWith("select id, name from described"));
  }

  @Test
  void largeResultArrivesWholeAndInOrder() throws SQLException {
    int rows = 180_000;
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "select seq4() as n, 'row ' || seq4() as t from table(generator(rowcount => "
                    + rows
                    + ")) order by 1")) {
      int expected = 0;
      while (result.next()) {
        assertThat(result.getInt(1)).isEqualTo(expected);
        assertThat(result.getString(2)).isEqualTo("row " + expected);
        expected++;
      }
      assertThat(expected).isEqualTo(rows);
    }
    assertThat(emulator.counters().requests(Endpoint.CHUNK)).isPositive();
  }
}
