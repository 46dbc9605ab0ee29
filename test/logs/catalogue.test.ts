import { parseSync, Visitor } from "oxc-parser";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { EVENTS, type EventName } from "../../platform/logs/catalogue.ts";
import { FIELDS, type FieldName } from "../../platform/logs/fields.ts";
import { GATEWAY_EVENTS } from "../../platform/logs/gateway-events.ts";
import type { EventRow } from "../../platform/logs/row.ts";
import { SHARED_EVENTS } from "../../platform/logs/shared-events.ts";
import { WORKER_EVENTS, WORKER_SET_UP_EVENTS } from "../../platform/logs/worker-events.ts";
import { ROOT } from "../support/documents.ts";
import { faultsOf, recordedLog } from "../support/logs/lines.ts";
import { sourcesOf } from "../support/logs/sources.ts";
import { SEEN_IN } from "./seen-in.ts";

/** An object in the code with `event: "…"`: a line, or what a line is made of. */
type Written = {
  readonly path: string;
  readonly event: string;
  /** `log.warn(…)`: null where the object is not written right here. */
  readonly level: string | null;
  readonly fields: readonly string[];
};

const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"];

type Named = { readonly type: string; readonly name?: string; readonly value?: unknown };
type PropertyNode = { readonly type: string; readonly key?: Named; readonly value?: Named };
type ObjectNode = { readonly start: number; readonly properties: readonly PropertyNode[] };

/** Every such object of a file, by the compiler's eyes. */
function writtenIn(path: string): readonly Written[] {
  const { program } = parseSync(path, readFileSync(join(ROOT, path), "utf8"));
  const levels = new Map<number, string>();
  const found: Written[] = [];
  new Visitor({
    CallExpression: ({ callee, arguments: [first] }) => {
      if (callee.type !== "MemberExpression" || first?.type !== "ObjectExpression") return;
      const { property } = callee;
      const name = property.type === "Identifier" ? property.name : "";
      if (LEVELS.includes(name)) levels.set(first.start, name);
      else if (callee.computed) levels.set(first.start, "any");
    },
    ObjectExpression: (node) => {
      const { start, properties } = node as unknown as ObjectNode;
      const named = properties.filter(({ type }) => type === "Property");
      const event = named.find(({ key }) => key?.name === "event")?.value?.value;
      if (typeof event !== "string") return;
      const fields = named.map(({ key }) => key?.name ?? "").filter((name) => name !== "event");
      found.push({ path, event, level: levels.get(start) ?? null, fields });
    },
  }).visit(program);
  return found;
}

const written = sourcesOf("server", "worker", "activities", "platform", "cli").flatMap(writtenIn);

const LOGGED_BY_RETRIES: readonly string[] = [
  "customer_rate_limit_failed",
  "ledger_schedule_failed",
];

describe("the lines that the code writes", () => {
  test("are those of the table, no more and no fewer", () => {
    const names = new Set(written.map(({ event }) => event));
    expect([...names].toSorted()).toEqual(Object.keys(EVENTS).toSorted());
  });

  test("have the level and the fields of their row", () => {
    const wrong = written.filter(({ event, level, fields }) => {
      const row: EventRow | undefined = EVENTS[event as EventName];
      if (row === undefined) return true;
      const allowed: readonly string[] = [...row.fields, ...(row.optional ?? [])];
      // The first is written before there is a log, the others are handed to one that logs every failure.
      if (event === "log_lines_dropped" || LOGGED_BY_RETRIES.includes(event)) return false;
      const hasLevel = level === "any" || [row.level].flat().includes(level as never);
      return !hasLevel || (row.isOpen !== true && fields.some((name) => !allowed.includes(name)));
    });
    expect(wrong).toEqual([]);
  });

  test("are written by the process that the table names", () => {
    const roomsOf = (events: object): string[] => {
      const rooms = written
        .filter(({ event }) => event in events)
        .map(({ path }) => path.split("/")[0] ?? "");
      return [...new Set(rooms)].toSorted();
    };
    expect(roomsOf(GATEWAY_EVENTS)).toEqual(["server"]);
    expect(roomsOf({ ...WORKER_EVENTS, ...WORKER_SET_UP_EVENTS })).toEqual([
      "activities",
      "worker",
    ]);
    expect(roomsOf(SHARED_EVENTS)).toEqual(["platform", "server", "worker"]);
  });
});

describe("the table of log lines", () => {
  test("names each event once", () => {
    const tables = [GATEWAY_EVENTS, WORKER_EVENTS, WORKER_SET_UP_EVENTS, SHARED_EVENTS];
    const names = tables.flatMap((table) => Object.keys(table));
    expect(new Set(names).size).toBe(names.length);
    expect(names.toSorted()).toEqual(Object.keys(EVENTS).toSorted());
  });

  test("uses every field that it explains", () => {
    const used = new Set<FieldName>(
      Object.values<EventRow>(EVENTS).flatMap(({ fields, optional = [] }) => [
        ...fields,
        ...optional,
      ]),
    );
    expect(Object.keys(FIELDS).filter((name) => !used.has(name as FieldName))).toEqual([]);
  });

  test("has no field for a name, an address, a token or a body", () => {
    const suspicious = /email|customer(?!s)|token|url|body|secret|password|card/i;
    expect(Object.keys(FIELDS).filter((name) => suspicious.test(name))).toEqual([]);
  });

  test("has a test for each event that causes it", () => {
    expect(Object.keys(SEEN_IN).toSorted()).toEqual(Object.keys(EVENTS).toSorted());
    const silent = Object.entries(SEEN_IN).filter(
      ([event, path]) =>
        !new RegExp(`["']${event}\\b`).test(readFileSync(join(ROOT, path), "utf8")),
    );
    expect(silent).toEqual([]);
  });
});

describe("the log", () => {
  test("refuses, at compile time, an unknown event, a field too many or too few, and another level", () => {
    const { log, lines, faults } = recordedLog();
    const more = { email: "ada@example.com" };
    // @ts-expect-error no such event
    log.info({ event: "customer_seen" });
    // @ts-expect-error a field that the row lacks
    log.info({ event: "namespace_fit", namespace: "default", email: "ada@example.com" });
    // @ts-expect-error the same, by a spread
    log.info({ event: "namespace_fit", namespace: "default", ...more });
    // @ts-expect-error a field is missing
    log.info({ event: "namespace_fit" });
    // @ts-expect-error a value of another kind
    log.info({ event: "namespace_fit", namespace: 1 });
    // @ts-expect-error another level
    log.error({ event: "namespace_fit", namespace: "default" });
    // What passes the compiler by a cast does not pass the log.
    expect(lines.some((line) => "email" in line)).toBe(false);
    expect(faults).toHaveLength(4);
  });

  test("cuts a text that is too long, and keeps the line", () => {
    const { log, lines } = recordedLog();
    log.warn({ event: "namespace_check_failed", detail: "x".repeat(100_000) });
    expect(lines).toMatchObject([{ detail: `${"x".repeat(500)}…` }]);
  });

  test("and its reader for tests see the same faults", () => {
    const line = { level: "info", event: "namespace_fit", namespace: "default" };
    const faults = (more: object): string[] => faultsOf(JSON.stringify({ ...line, ...more }));
    expect(faults({})).toEqual([]);
    expect(faults({ level: "warn" })).toHaveLength(1);
    expect(faults({ namespace: 1 })).toHaveLength(1);
    expect(faults({ namespace: undefined })).toHaveLength(1);
    expect(faults({ taskQueue: "reprise" })).toHaveLength(1);
    expect(faults({ namespace: "ada@example.com" })).toHaveLength(1);
    expect(faults({ event: "customer_seen" })).toHaveLength(1);
  });
});
