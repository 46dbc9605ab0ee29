import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRunner } from "../../cli/commands/runner.ts";
import { createProgram } from "../../cli/program.ts";
import { VARIABLES } from "../../config/variables.ts";
import { METRICS } from "../../domain/metrics/catalogue.ts";
import * as contract from "../../workflows/contract.ts";
import { stubbedGateway } from "../server/stubbed-gateway.ts";
import { SILENT_SHELL } from "../support/command-line.ts";
import { commandsUnder } from "../support/command-tree.ts";
import { ROOT } from "../support/documents.ts";
import { OPERATOR_KEYS } from "../support/system/gateway.ts";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** What the project says of itself: not what Dodo or a decision of the past says. */
const documents = execFileSync("git", ["ls-files", "*.md"], { cwd: ROOT, encoding: "utf8" })
  .split("\n")
  .filter((path) => /^(README|docs\/[A-Z-]+)\.md$/.test(path));

const text = documents.map(read).join("\n");

/** Inline code and code blocks, one a line. */
const code = [...text.matchAll(/^(```|~~~)\w*\n([^]*?)^\1$|`([^`\n]+)`/gm)]
  .flatMap(([, , block, inline]) => (block ?? inline ?? "").split("\n"))
  .map((line) => line.trim());

const unknownAmong = (names: readonly string[], known: readonly string[]): readonly string[] =>
  [...new Set(names)].filter((name) => !known.includes(name)).toSorted();

describe("the metrics", () => {
  const table = new Map(
    [...read("docs/MONITORING.md").matchAll(/^\| `(reprise_\w+)`(.*)$/gm)].map(
      ([, name = "", rest = ""]) => [name, rest.split("|").map((cell) => cell.trim())],
    ),
  );

  test("are rows of docs/MONITORING.md, with kind, labels, process and meaning", () => {
    expect([...table.keys()]).toEqual(Object.keys(METRICS));
    for (const [name, { kind, labels, servedBy, help }] of Object.entries(METRICS)) {
      const listed = labels.map((label) => `\`${label}\``).join(", ");
      expect(table.get(name)?.slice(1, 5), name).toEqual([kind, listed, servedBy, help]);
    }
  });

  test("that a document names exist", () => {
    const named = [...text.matchAll(/\breprise_\w+/g)].map(([name]) => name);
    const others = [
      contract.MODE_MEMO,
      contract.BUSINESS_MEMO,
      contract.BUSINESS_SOURCE_MEMO,
      contract.IMPORT_MEMO,
      // Metadata of a subscription or of a customer.
      "reprise_language",
      "reprise_timezone",
      // Named as absent.
      "reprise_ledger_pending",
      "reprise_ledger_drift",
      // A volume of the containers.
      "reprise_postgres",
    ];
    const series = Object.entries(METRICS).flatMap(([name, { kind }]) =>
      kind === "histogram" ? [name, `${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
    );
    expect(named.length).toBeGreaterThan(30);
    expect(unknownAmong(named, [...series, ...others])).toEqual([]);
  });
});

describe("the variables", () => {
  const names = VARIABLES.map(({ name }) => name);

  test("are rows of docs/CONFIGURATION.md", () => {
    const rows = [...read("docs/CONFIGURATION.md").matchAll(/^\| `([A-Z][A-Z_]+…?)`/gm)];
    const supported = VARIABLES.filter(({ isSupported }) => isSupported).map(({ name }) => name);
    expect(
      unknownAmong(
        supported,
        rows.map(([, name = ""]) => name),
      ),
    ).toEqual([]);
  });

  test("that a document names exist", () => {
    const beginnings = new Set(names.map((name) => name.split("_")[0]));
    const named = code
      .flatMap((line) => line.match(/(?<![\w.-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+…?/g) ?? [])
      .filter((name) => beginnings.has(name.split("_")[0]));
    const ofContainers = [...read("docker-compose.yml").matchAll(/\$\{(\w+)/g)].map(
      ([, name = ""]) => name,
    );
    const others = [
      // The whole family is the variable TEMPORAL_TLS….
      "TEMPORAL_TLS_CLIENT…",
      // Of the shell in an example.
      "OPERATOR_SECRET",
      // Of the tools that find or build what runs.
      "TEMPORAL_CLI",
      // Of OpenTelemetry's own exporter.
      "OTEL_EXPORTER_OTLP_HEADERS",
    ];
    expect(named.length).toBeGreaterThan(60);
    expect(unknownAmong(named, [...names, ...ofContainers, ...others])).toEqual([]);
  });
});

describe("the commands of `reprise`", () => {
  const tree = commandsUnder(createProgram(SILENT_SHELL, createRunner(SILENT_SHELL), "0.0.0"));
  const ends = tree.filter(([, { commands }]) => commands.length === 0);
  const given = code.flatMap((line) => /^reprise ([a-z].*)$/.exec(line)?.[1] ?? []);

  test("are each in the documents", () => {
    const words = ends.map(([name]) => name.join(" "));
    const isNamed = (name: string): boolean =>
      given.some((typed) => typed === name || typed.startsWith(`${name} `));
    expect(words.filter((name) => !isNamed(name))).toEqual([]);
  });

  test("that a document gives exist, with their options", () => {
    expect(given.length).toBeGreaterThan(40);
    // `webhooks list|redeliver` stands for two commands.
    const typed = given.flatMap((one) => {
      const [, before = "", choice = "", after = ""] =
        /^(.*?)([\w-]+(?:\|[\w-]+)+)(.*)$/.exec(one) ?? [];
      return choice === "" ? [one] : choice.split("|").map((word) => `${before}${word}${after}`);
    });
    for (const one of typed) {
      const found = tree
        .filter(([name]) => name.length > 0 && `${one} `.startsWith(`${name.join(" ")} `))
        .at(-1);
      expect(found, one).toBeDefined();
      const [, command] = found ?? ["", null];
      const known = [
        ...(command?.options ?? []).map(({ long }) => long),
        ...(tree[0]?.[1].options ?? []).map(({ long }) => long),
      ];
      const unquoted = one.replaceAll(/"[^"]*"/g, "");
      for (const option of unquoted.match(/--[\w-]+/g) ?? []) expect(known, one).toContain(option);
    }
  });
});

describe("the routes of the gateway", () => {
  const { app } = stubbedGateway({ operatorKeys: OPERATOR_KEYS });
  let routes: readonly string[];

  beforeAll(async () => {
    await app.ready();
    routes = [...app.routeTable.routes].flatMap(([path, methods]) =>
      [...methods].map((method) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`),
    );
  });

  afterAll(async () => {
    await app.close();
  });

  test("of the operator API are each in docs/API.md", () => {
    const api = read("docs/API.md");
    const missing = routes.filter((route) => {
      const [method = "", path = ""] = route.split(" ");
      const isListed = method !== "HEAD" && method !== "OPTIONS" && path.startsWith("/v1/");
      return isListed && path !== "/v1/openapi.json" && !api.includes(`\`${route}`);
    });
    expect(missing).toEqual([]);
    expect(api).toContain("/v1/openapi.json");
  });

  test("that a document names exist", () => {
    const named = [...text.matchAll(/`?\b(GET|POST) (\/[\w/{}]+)/g)]
      .map(([, method = "", path = ""]) => `${method} ${path}`)
      .filter((route) => /^\w+ \/(v1|webhooks|pay|reminders|healthz|readyz|docs)\b/.test(route));
    expect(named.length).toBeGreaterThan(20);
    // Any of them.
    expect(unknownAmong(named, [...routes, "GET /v1/"])).toEqual([]);
  });
});
