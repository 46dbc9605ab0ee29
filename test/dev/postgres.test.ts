import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestPostgres, type TestPostgres } from "../support/postgres/database.ts";

let postgres: TestPostgres;

beforeAll(async () => {
  postgres = await startTestPostgres();
});

afterAll(async () => {
  await postgres.stop();
});

test("the embedded PostgreSQL answers queries, and keeps databases apart", async () => {
  const [one, other] = [await postgres.database(), await postgres.database()];
  const client = new pg.Client({ connectionString: one });
  await client.connect();
  await client.query("create table kept (id int)");
  await client.end();
  const stranger = new pg.Client({ connectionString: other });
  await stranger.connect();
  await expect(stranger.query("select * from kept")).rejects.toThrow("does not exist");
  await stranger.end();
});

test("the embedded PostgreSQL refuses a client without its password", async () => {
  const url = new URL(postgres.server.url);
  url.password = "wrong";
  const client = new pg.Client({ connectionString: url.href });
  await expect(client.connect()).rejects.toThrow("password authentication failed");
});
