package io.percred.snowflake.emulator;

import java.util.List;

/**
 * What SHOW reads of DuckDB's catalog, with the columns in the order in which the driver's
 * DatabaseMetaData takes them. Each ends in a WHERE clause to which conditions can be added.
 */
final class CatalogQueries {
  /** The end of the names of tables that a policy's view stands in front of. */
  static final String BASE_SUFFIX = "$BASE";

  private static final String OURS =
      " NOT internal AND database_name <> 'memory' AND schema_name <> 'main' ";

  static final String OBJECTS =
      """
      SELECT '2026-01-01 00:00:00.000 +0000' AS "created_on", table_name AS "name",
        database_name AS "database_name", schema_name AS "schema_name", kind AS "kind",
        coalesce(comment, '') AS "comment"
      FROM (SELECT table_name, database_name, schema_name, 'TABLE' AS kind, comment
          FROM duckdb_tables() WHERE NOT ends_with(table_name, '$BASE') AND %s
        UNION ALL SELECT view_name, database_name, schema_name,
          CASE WHEN EXISTS (SELECT 1 FROM duckdb_tables() AS t WHERE t.table_name = view_name || '$BASE'
            AND t.schema_name = v.schema_name AND t.database_name = v.database_name)
            THEN 'TABLE' ELSE 'VIEW' END, comment
          FROM duckdb_views() AS v WHERE %s)
      WHERE TRUE"""
          .formatted(OURS, OURS);

  static final String TABLES = OBJECTS + " AND kind = 'TABLE'";

  static final String VIEWS =
      """
      SELECT '2026-01-01 00:00:00.000 +0000' AS "created_on", view_name AS "name", '' AS "reserved",
        database_name AS "database_name", schema_name AS "schema_name", '' AS "owner",
        coalesce(comment, '') AS "comment", sql AS "text"
      FROM duckdb_views() WHERE"""
          + OURS;

  static final String SCHEMAS =
      """
      SELECT '2026-01-01 00:00:00.000 +0000' AS "created_on", schema_name AS "name",
        'N' AS "is_default", 'N' AS "is_current", database_name AS "database_name",
        '' AS "owner", '' AS "comment"
      FROM duckdb_schemas() WHERE"""
          + OURS;

  static final String DATABASES =
      """
      SELECT '2026-01-01 00:00:00.000 +0000' AS "created_on", database_name AS "name",
        'N' AS "is_default", 'N' AS "is_current", '' AS "origin", '' AS "owner", '' AS "comment"
      FROM duckdb_databases() WHERE NOT internal AND database_name <> 'memory'""";

  static final String COLUMNS =
      """
      SELECT table_name AS "table_name", schema_name AS "schema_name",
        column_name AS "column_name", data_type AS "data_type",
        is_nullable::VARCHAR AS "null?", coalesce(column_default, '') AS "default",
        'COLUMN' AS "kind", '' AS "expression", coalesce(comment, '') AS "comment",
        database_name AS "database_name", '' AS "autoincrement"
      FROM duckdb_columns() WHERE NOT ends_with(table_name, '$BASE') AND"""
          + OURS;

  static final String PRIMARY_KEYS =
      """
      SELECT '2026-01-01 00:00:00.000 +0000' AS "created_on", database_name AS "database_name",
        schema_name AS "schema_name", replace(table_name, '$BASE', '') AS "table_name",
        unnest(constraint_column_names) AS "column_name",
        generate_subscripts(constraint_column_names, 1)::VARCHAR AS "key_sequence",
        constraint_name AS "constraint_name"
      FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY' AND database_name <> 'memory'""";

  static final List<String> FOREIGN_KEY_COLUMNS =
      List.of(
          "created_on",
          "pk_database_name",
          "pk_schema_name",
          "pk_table_name",
          "pk_column_name",
          "fk_database_name",
          "fk_schema_name",
          "fk_table_name",
          "fk_column_name",
          "key_sequence",
          "update_rule",
          "delete_rule",
          "fk_name",
          "pk_name",
          "deferrability");

  static final List<String> FUNCTION_COLUMNS =
      List.of(
          "created_on",
          "name",
          "schema_name",
          "is_builtin",
          "is_aggregate",
          "is_ansi",
          "min_num_arguments",
          "max_num_arguments",
          "arguments",
          "description",
          "catalog_name",
          "is_table_function");

  static final List<String> STREAM_COLUMNS =
      List.of(
          "created_on",
          "name",
          "database_name",
          "schema_name",
          "owner",
          "comment",
          "table_name",
          "source_type",
          "base_tables",
          "type",
          "stale",
          "mode");

  private CatalogQueries() {}
}
