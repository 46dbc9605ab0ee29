import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { VARIABLES } from "../../config/variables.ts";
import { CHECKOUT_RULES } from "../../domain/checkout/checkout-rules.ts";
import { MANDATE_RULES } from "../../domain/mandate/mandate-rules.ts";
import { RULES } from "../../domain/rules.ts";
import { ATTENTION_CAUSES } from "../../domain/state/attention.ts";
import { NOTICE_KINDS } from "../../domain/state/notice.ts";
import { RECOVERY_EVENT_SIGNAL, RECOVERY_QUERY, UPDATES } from "../../workflows/contract.ts";

/** What a linter cannot check. */
const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");

const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => path !== "" && existsSync(join(root, path)));
const sources = tracked.filter((path) => path.endsWith(".ts"));
const product = sources.filter((path) =>
  /^(domain|dodo|workflows|activities|server|worker|cli|config|platform|sandbox|dev)\//.test(path),
);

/** Files that a script of package.json starts, as `tsx a.ts`, `node build/a.js` or `node dist/a.js`. */
const STARTED = Object.values(
  (JSON.parse(read("package.json")) as { readonly scripts: Record<string, string> }).scripts,
).flatMap((script) =>
  [...script.matchAll(/(?:tsx |node (?:--[\w=-]+ )*(?:build|dist)\/)([\w/-]+)\.[jt]s/g)].map(
    ([, path]) => `${path}.ts`,
  ),
);

/** Other entries: files that a process, a bundler or a test run starts. */
const ENTRIES =
  /^sandbox\/main\.ts$|^dev\/demo\/demo-worker\.ts$|^dev\/soak\/probe\.ts$|^workflows\/index\.ts$|^workflows\/shared\/trace-headers\.ts$|\.test\.ts$|\.config\.ts$|global-setup\.ts$|patient-gateway\.ts$|^test\/.*(fixture|processes?)[-\w]*\.ts$|^test\/mutation\/mutants\.ts$|^bench\//;

function importsOf(path: string): string[] {
  const found = read(path).matchAll(/(?:from|import|URL)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g);
  return [...found].map(([, target]) => normalize(join(dirname(path), target ?? "")));
}

describe("the code", () => {
  test("has no file that is neither imported nor started", () => {
    const imported = new Set(sources.flatMap(importsOf));
    const orphans = sources.filter(
      (path) => !imported.has(path) && !STARTED.includes(path) && !ENTRIES.test(path),
    );
    expect(orphans).toEqual([]);
  });

  test("has no leftover and no path of one machine", () => {
    const banned = [
      /\bFIXME\b/,
      /(?<!@)\bTODO\b/,
      /\/work\/(main|shared)/,
      /\bpreviously\b/i,
      /\b(test|it|describe)\.only\b/,
      /\b(test|it|describe)\.skip\b/,
    ];
    for (const path of [...sources, ...tracked.filter((one) => one.endsWith(".md"))]) {
      if (path === "test/code/tidy.test.ts") continue;
      const text = read(path);
      for (const pattern of banned)
        expect(pattern.test(text), `${path} has ${pattern}`).toBe(false);
    }
  });

  test("reads the clock in few places", () => {
    const clocks = product.filter(
      (path) =>
        !path.startsWith("sandbox/") &&
        !path.startsWith("dev/") &&
        !path.startsWith("cli/") &&
        /Date\.now\(\)/.test(read(path)),
    );
    expect(clocks.toSorted()).toEqual([
      "server/main.ts",
      "worker/main.ts",
      "workflows/alerts/operator-alerts.ts",
      "workflows/charge-request/charge-request.ts",
      "workflows/checkout/checkout-recovery.ts",
      "workflows/delivery/webhook-delivery.ts",
      "workflows/import/debt-import.ts",
      "workflows/mandate/mandate-setup.ts",
      "workflows/recovery/perform.ts",
      "workflows/recovery/subscription-recovery.ts",
      "workflows/shared/trace-headers.ts",
      "workflows/sweep/reconciliation-sweep.ts",
    ]);
    expect(read("domain/values/time.ts")).not.toMatch(/Date\.now|new Date\(\)/);
  });

  test("has no line above 160 characters", () => {
    for (const path of product) {
      // Customer texts are one string each, and generated code is not read.
      if (path.startsWith("platform/customer/texts/") || path.endsWith(".generated.ts")) continue;
      // Style sheets and long sentences are not easier to read in several lines.
      for (const [index, line] of read(path).split("\n").entries()) {
        expect(line.length, `${path}:${index + 1}`).toBeLessThanOrEqual(160);
      }
    }
  });

  test("uses every rule and every alert cause that it defines", () => {
    const domain = product
      .filter((path) => /^(domain|worker)\//.test(path) && !/rules\.ts|attention\.ts/.test(path))
      .map(read)
      .join("\n");
    for (const id of [...Object.keys(RULES), ...Object.keys(ATTENTION_CAUSES)])
      expect(domain, id).toContain(`"${id}"`);
  });

  test("gives every rule a source: a page of Dodo's documentation, or our reason", () => {
    for (const [id, { source }] of Object.entries({
      ...RULES,
      ...CHECKOUT_RULES,
      ...MANDATE_RULES,
    }))
      expect(source, id).toMatch(/^(Dodo, [a-z-]+\/|Ours: .{12})/);
  });

  test("uses every rule of a checkout that it defines", () => {
    const text = read("domain/checkout/checkout.ts");
    for (const id of Object.keys(CHECKOUT_RULES)) expect(text, id).toContain(`"${id}"`);
  });

  test("uses every rule of a mandate that it defines", () => {
    const text = read("domain/mandate/mandate.ts");
    const byEnd = /mandate\.\$\{(ended|state)\}/g;
    expect(text.match(byEnd)).toHaveLength(2);
    const ends = ["active", "failed", "expired"].map((state) => `mandate.${state}`);
    for (const id of Object.keys(MANDATE_RULES).filter((one) => !ends.includes(one)))
      expect(text, id).toContain(`"${id}"`);
  });

  test("has one file for each notice", () => {
    for (const kind of NOTICE_KINDS)
      expect(
        existsSync(join(root, `activities/notices/${kind.replaceAll("_", "-")}.ts`)),
        kind,
      ).toBe(true);
  });
});

describe("the documents", () => {
  test("describe every variable that config/ reads", () => {
    const known = new Set(VARIABLES.map(({ name }) => name));
    const named = product
      .filter((path) => path.startsWith("config/"))
      .flatMap((path) =>
        [...read(path).matchAll(/"([A-Z][A-Z0-9]+_[A-Z0-9_]+|HOST|PORT|MODE)"/g)].map(
          ([, name]) => name ?? "",
        ),
      );
    for (const name of named) expect(known, name).toContain(name);
  });

  test("name only scripts that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    for (const path of tracked.filter((one) => one.endsWith(".md"))) {
      for (const [, name] of read(path).matchAll(/npm run (?:-s )?([\w:]+)/g))
        expect(Object.keys(scripts), `${path}: ${name}`).toContain(name);
    }
    for (const [name, command] of Object.entries(scripts)) {
      const file = /tsx ([\w/-]+\.ts)/.exec(command)?.[1];
      if (file !== undefined) expect(existsSync(join(root, file)), name).toBe(true);
    }
  });

  test("name every message that a recovery receives", () => {
    const text = read("docs/ARCHITECTURE.md");
    for (const name of [RECOVERY_EVENT_SIGNAL, RECOVERY_QUERY, ...Object.values(UPDATES)])
      expect(text, name).toContain(`\`${name}\``);
  });

  test("link only to files that exist", () => {
    for (const path of tracked.filter((one) => one.endsWith(".md"))) {
      for (const [, target = ""] of read(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)) {
        expect(existsSync(join(root, dirname(path), target)), `${path} → ${target}`).toBe(true);
      }
    }
  });
});
