import type { Env } from "./env.ts";
import { databaseUrl, Reader } from "./reader.ts";

export type CliConfig = {
  /** Where the gateway is, without a slash at the end. */
  readonly url: string;
  /** The secret of an operator key. */
  readonly apiKey: string;
};

/** @throws ConfigError with one line per problem */
export function readCliConfig(env: Env): CliConfig {
  const reader = new Reader(env, "cli");
  const name = reader.text("REPRISE_URL") === null ? "PUBLIC_URL" : "REPRISE_URL";
  const url = new URL(reader.url(name, ["http", "https"], null) ?? "http://127.0.0.1:3000");
  if (url.username !== "" || url.password !== "") {
    reader.addProblem(name, "expected a URL without a user: the key belongs into REPRISE_API_KEY");
  }
  if (url.search !== "" || url.hash !== "") {
    reader.addProblem(name, "expected a URL without ? and #, such as https://reprise.example.com");
  }
  const apiKey = reader.required("REPRISE_API_KEY");
  if (!/^[\u0021-\u007e]*$/.test(apiKey)) {
    reader.addProblem("REPRISE_API_KEY", "expected visible ASCII characters without spaces");
  }
  reader.finish();
  return { url: `${url.origin}${url.pathname.replace(/\/+$/, "")}`, apiKey };
}

/** Where the ledger is. @throws ConfigError with one line per problem */
export function readLedgerUrl(env: Env): string {
  const reader = new Reader(env, "cli");
  const url = reader.required("DATABASE_URL") === "" ? null : databaseUrl(reader);
  reader.finish();
  return url ?? "";
}
