import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A file, a line in it, and the lint rule that must reject the line. */
const PLANTED: readonly [file: string, line: string, rule: RegExp][] = [
  ["domain/planted.ts", 'import "../platform/log.ts";', /no-restricted-imports/],
  ["domain/planted.ts", 'import "../workflows/contract.ts";', /no-restricted-imports/],
  ["domain/planted.ts", 'import "zod";', /no-restricted-imports/],
  ["domain/planted.ts", 'import "node:fs";', /no-restricted-imports/],
  ["domain/planted.ts", "export const now = Date.now();", /no-restricted-globals/],
  ["domain/planted.ts", "export const luck = Math.random();", /no-restricted-properties/],
  [
    "domain/planted.ts",
    'export const got = fetch("https://example.com");',
    /no-restricted-globals/,
  ],
  [
    "workflows/planted.ts",
    'import { createActivities } from "../activities/index.ts"; createActivities;',
    /no-restricted-imports/,
  ],
  ["workflows/planted.ts", 'import "../server/app.ts";', /no-restricted-imports/],
  ["workflows/planted.ts", 'import "../worker/workers.ts";', /no-restricted-imports/],
  ["workflows/planted.ts", 'import "../config/gateway.ts";', /no-restricted-imports/],
  ["workflows/planted.ts", 'import "../platform/log.ts";', /no-restricted-imports/],
  ["workflows/planted.ts", 'import "../sandbox/sandbox.ts";', /no-restricted-imports/],
  ["workflows/planted.ts", 'import "../dev/build.ts";', /no-restricted-imports/],
  ["workflows/planted.ts", 'import "node:crypto";', /no-restricted-imports/],
  ["domain/planted.ts", 'import "dodopayments";', /no-restricted-imports/],
  ["dodo/planted.ts", 'import "dodopayments";', /no-restricted-imports/],
  ["dodo/adapter/planted.ts", 'import "../../platform/log.ts";', /no-restricted-imports/],
  ["workflows/planted.ts", 'import "../dodo/port.ts";', /no-restricted-imports/],
  ["activities/planted.ts", 'import "dodopayments";', /no-restricted-imports/],
  ["activities/charge/planted.ts", 'import "../../dodo/shapes.ts";', /no-restricted-imports/],
  ["activities/planted.ts", 'import "../dodo/adapter/client.ts";', /no-restricted-imports/],
  [
    "activities/planted.ts",
    'import type DodoPayments from "dodopayments"; export type P = DodoPayments.Payment;',
    /no-restricted-imports/,
  ],
  ["server/planted.ts", 'import "dodopayments";', /no-restricted-imports/],
  ["worker/planted.ts", 'import "dodopayments/resources/payments";', /no-restricted-imports/],
  ["worker/planted.ts", 'import "../dodo/adapter/recoveries.ts";', /no-restricted-imports/],
  ["worker/main.ts", 'import "dodopayments";', /no-restricted-imports/],
  ["cli/planted.ts", 'import "dodopayments";', /no-restricted-imports/],
  ["cli/planted.ts", 'import "../dodo/shapes.ts";', /no-restricted-imports/],
  ["platform/planted.ts", 'import "dodopayments";', /no-restricted-imports/],
  ["config/planted.ts", 'import "dodopayments";', /no-restricted-imports/],
  ["dev/start/planted.ts", 'import "dodopayments";', /no-restricted-imports/],
  [
    "sandbox/model/planted.ts",
    'import { APIError } from "dodopayments"; export const e = APIError;',
    /no-restricted-imports/,
  ],
  ["activities/planted.ts", 'import "../workflows/contract.ts";', /no-restricted-imports/],
  ["activities/planted.ts", 'import "../server/app.ts";', /no-restricted-imports/],
  ["activities/planted.ts", 'import "../worker/workers.ts";', /no-restricted-imports/],
  ["activities/planted.ts", 'import "../config/worker.ts";', /no-restricted-imports/],
  ["activities/planted.ts", 'import "../sandbox/sandbox.ts";', /no-restricted-imports/],
  ["activities/notices/planted.ts", 'import "../../sandbox/sandbox.ts";', /no-restricted-imports/],
  ["server/planted.ts", 'import "../activities/index.ts";', /no-restricted-imports/],
  ["server/planted.ts", 'import "../worker/workers.ts";', /no-restricted-imports/],
  ["server/planted.ts", 'import "../workflows/recovery/perform.ts";', /no-restricted-imports/],
  ["server/planted.ts", 'import "../config/gateway.ts";', /no-restricted-imports/],
  ["server/planted.ts", 'import "../sandbox/sandbox.ts";', /no-restricted-imports/],
  ["server/planted.ts", 'import "../sandbox/control/client.ts";', /no-restricted-imports/],
  ["server/planted.ts", 'import "../dev/build.ts";', /no-restricted-imports/],
  ["server/main.ts", 'import "../sandbox/sandbox.ts";', /no-restricted-imports/],
  ["worker/planted.ts", 'import "../server/app.ts";', /no-restricted-imports/],
  ["worker/planted.ts", 'import "../sandbox/sandbox.ts";', /no-restricted-imports/],
  ["worker/planted.ts", 'import "../config/worker.ts";', /no-restricted-imports/],
  ["worker/main.ts", 'import "../server/app.ts";', /no-restricted-imports/],
  ["platform/planted.ts", 'import "../config/env.ts";', /no-restricted-imports/],
  ["platform/planted.ts", 'import "../server/app.ts";', /no-restricted-imports/],
  ["platform/planted.ts", 'import "../sandbox/model/context.ts";', /no-restricted-imports/],
  ["config/planted.ts", 'import "../platform/log.ts";', /no-restricted-imports/],
  ["config/planted.ts", 'import "../sandbox/model/context.ts";', /no-restricted-imports/],
  ["config/planted.ts", "export const home = process.env.HOME;", /no-process-env/],
  ["server/planted.ts", "export const home = process.env.HOME;", /no-process-env/],
  ["sandbox/planted.ts", 'import "../domain/decide.ts";', /no-restricted-imports/],
  ["sandbox/planted.ts", 'import "../server/app.ts";', /no-restricted-imports/],
  ["sandbox/planted.ts", 'import "../platform/log.ts";', /no-restricted-imports/],
  ["sandbox/model/planted.ts", 'import "../../domain/decide.ts";', /no-restricted-imports/],
  ["sandbox/model/state/planted.ts", 'import "../../../config/env.ts";', /no-restricted-imports/],
];

/** A file and a line that lint must accept. */
const ALLOWED: readonly [file: string, line: string][] = [
  [
    "workflows/planted.ts",
    'import type { Activities } from "../activities/index.ts"; export type A = Activities;',
  ],
  [
    "workflows/planted.ts",
    'import { decide } from "../domain/decide.ts"; export const d = decide;',
  ],
  [
    "server/planted.ts",
    'import { UPDATES } from "../workflows/contract.ts"; export const u = UPDATES;',
  ],
  [
    "server/planted.ts",
    'import { createLog } from "../platform/log.ts"; export const l = createLog;',
  ],
  [
    "activities/planted.ts",
    'import { createLog } from "../platform/log.ts"; export const l = createLog;',
  ],
  [
    "activities/planted.ts",
    'import { DodoError } from "../dodo/port.ts"; export const e = DodoError;',
  ],
  [
    "dodo/adapter/planted.ts",
    'import DodoPayments from "dodopayments"; import { DodoError } from "../port.ts"; export const d = [DodoPayments, DodoError];',
  ],
  [
    "worker/planted.ts",
    'import { createDodo } from "../dodo/adapter/create-dodo.ts"; export const d = createDodo;',
  ],
  [
    "sandbox/planted.ts",
    'import type DodoPayments from "dodopayments"; export type P = DodoPayments.Payment;',
  ],
  [
    "worker/planted.ts",
    'import { UPDATES } from "../workflows/contract.ts"; export const u = UPDATES;',
  ],
  [
    "sandbox/model/planted.ts",
    'import { newId } from "./state/ids.ts"; import { DEFAULT_API_KEY } from "../settings.ts"; export const s = [newId, DEFAULT_API_KEY];',
  ],
  [
    "sandbox/model/state/planted.ts",
    'import { NOW_HEADER } from "../context.ts"; import { DEFAULT_API_KEY } from "../../settings.ts"; export const s = [NOW_HEADER, DEFAULT_API_KEY];',
  ],
  [
    "dev/planted.ts",
    'import { startSandbox } from "../sandbox/sandbox.ts"; export const s = startSandbox;',
  ],
];

let copy: string;

/** What lint reports, in one run over a copy of the code with all these lines planted in it. */
let findings: readonly string[];

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "reprise-lint-"));
  for (const name of [
    "domain",
    "dodo",
    "workflows",
    "activities",
    "server",
    "worker",
    "cli",
    "platform",
    "config",
    "sandbox",
    "dev",
    "package.json",
    "tsconfig.json",
    ".oxlintrc.json",
    ".gitignore",
  ]) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  // These rules need no types, and without types lint takes a moment.
  const rules = JSON.parse(readFileSync(join(root, ".oxlintrc.json"), "utf8")) as object;
  writeFileSync(join(copy, ".oxlintrc.json"), JSON.stringify({ ...rules, options: {} }));
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  for (const [file, lines] of linesByFile) {
    const path = join(copy, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${lines.join("\n")}\nexport {};\n`);
  }
  findings = lint([...linesByFile.keys()]);
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** All lines of this test, by the file they are planted in. */
const linesByFile = new Map<string, string[]>();
for (const [file, line] of [...PLANTED, ...ALLOWED]) {
  linesByFile.set(file, [...(linesByFile.get(file) ?? []), line]);
}

function lint(files: readonly string[]): string[] {
  const run = spawnSync(join(root, "node_modules/.bin/oxlint"), ["-f", "unix", ...files], {
    cwd: copy,
    encoding: "utf8",
  });
  return run.stdout.split("\n");
}

/** Lint's findings for one planted line. */
function findingsFor(file: string, line: string): string {
  const number = (linesByFile.get(file) ?? []).indexOf(line) + 1;
  return findings.filter((finding) => finding.startsWith(`${file}:${number}:`)).join("\n");
}

test.each(PLANTED)("lint rejects in %s: %s", (file, line, rule) => {
  expect(findingsFor(file, line)).toMatch(rule);
});

test.each(ALLOWED)("lint accepts in %s: %s", (file, line) => {
  expect(findingsFor(file, line)).not.toMatch(/no-restricted/);
});

test("lint has read every planted file", () => {
  const silent = [...linesByFile.keys()].filter(
    (file) => !findings.some((finding) => finding.startsWith(`${file}:`)),
  );

  expect(silent).toEqual([]);
});
