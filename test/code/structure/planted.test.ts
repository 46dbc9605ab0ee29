import { describe, expect, test } from "vitest";
import { checkStructure } from "./check.ts";
import type { Finding, Rule } from "./finding.ts";

/** The findings in a repository of these files. */
function check(files: Readonly<Record<string, string>>): readonly Finding[] {
  return checkStructure(new Map(Object.entries(files)));
}

/** The subjects of one rule's findings; each planted file set is meant to break one rule. */
function found(rule: Rule, files: Readonly<Record<string, string>>): readonly string[] {
  return check(files)
    .filter((finding) => finding.rule === rule)
    .map(({ subject }) => subject);
}

/** `count` empty source files in a folder. */
function emptyFiles(folder: string, count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${folder}/file-${index}.ts`, ""]),
  );
}

describe("a circle of imports", () => {
  const BACK: readonly [kind: string, text: string][] = [
    ["import", 'import { a } from "./a.ts";'],
    ["import for effects", 'import "./a.ts";'],
    ["import type", 'import type { A } from "./a.ts";'],
    ["import of an inline type", 'import { type A } from "./a.ts";'],
    ["export from", 'export { a } from "./a.ts";'],
    ["export type from", 'export type { A } from "./a.ts";'],
    ["export everything from", 'export * from "./a.ts";'],
    ["dynamic import", 'export const a = await import("./a.ts");'],
    ["import in a type", 'export type A = import("./a.ts").A;'],
  ];

  test.each(BACK)("is found when it closes by %s", (_, text) => {
    const files = { "domain/a.ts": 'import { b } from "./b.ts";', "domain/b.ts": text };
    expect(found("circle", files)).toEqual(["domain/a.ts → domain/b.ts → domain/a.ts"]);
  });

  test("is found once, with the line of each import", () => {
    const files = {
      "test/c.ts": 'import "../server/a.ts";',
      "server/a.ts": '// A comment.\nimport type {\n  B,\n} from "./b.ts";',
      "server/b.ts": 'import "../test/c.ts";',
    };
    expect(check(files).filter(({ rule }) => rule === "circle")).toEqual([
      {
        rule: "circle",
        subject: "server/a.ts → server/b.ts → test/c.ts → server/a.ts",
        detail: [
          'server/a.ts:2 import type { B, } from "./b.ts";',
          'server/b.ts:1 import "../test/c.ts";',
          'test/c.ts:1 import "../server/a.ts";',
        ].join("\n"),
      },
    ]);
  });

  test("is not found where two files import a third", () => {
    const files = {
      "domain/a.ts": 'import "./b.ts"; import "./c.ts";',
      "domain/b.ts": 'import "./c.ts";',
      "domain/c.ts": '// import "./a.ts";\nexport const text = \'import "./a.ts"\';',
    };
    expect(check(files)).toEqual([]);
  });
});

describe("a full folder", () => {
  test("is found at 16 source files", () => {
    expect(check(emptyFiles("domain/state", 16))).toEqual([
      { rule: "folder", subject: "domain/state", detail: "16 source files, at most 15" },
    ]);
  });

  test("counts neither subfolders nor other files", () => {
    const files = {
      ...emptyFiles("domain", 15),
      ...emptyFiles("domain/state", 15),
      "domain/a.md": "",
    };
    expect(check(files)).toEqual([]);
  });
});

describe("a long test file", () => {
  test("is found at 401 lines", () => {
    expect(check({ "test/domain/a.test.ts": "//\n".repeat(401) })).toEqual([
      { rule: "length", subject: "test/domain/a.test.ts", detail: "401 lines, at most 400" },
    ]);
  });

  test("is allowed at 400 lines, and left to lint outside test/", () => {
    const files = { "test/a.test.ts": "//\n".repeat(400), "domain/a.ts": "//\n".repeat(401) };
    expect(check(files)).toEqual([]);
  });
});

describe("imports both ways between two folders", () => {
  test("are found, with both lines", () => {
    const files = {
      "domain/debt/a.ts": 'import type { B } from "../state/b.ts";',
      "domain/state/b.ts": "",
      "domain/state/c.ts": '\nexport * from "../debt/d.ts";',
      "domain/debt/d.ts": "",
    };
    expect(check(files)).toEqual([
      {
        rule: "one-way",
        subject: "domain/debt ↔ domain/state",
        detail: [
          'domain/debt/a.ts:1 import type { B } from "../state/b.ts";',
          'domain/state/c.ts:2 export * from "../debt/d.ts";',
        ].join("\n"),
      },
    ]);
  });

  test("are found between rooms", () => {
    const files = {
      "dev/a.ts": 'import "../test/b.ts";',
      "test/b.ts": "",
      "test/c.ts": 'import "../dev/a.ts";',
    };
    expect(found("one-way", files)).toEqual(["dev ↔ test"]);
  });

  test("are found when they lead into subfolders", () => {
    const files = {
      "domain/debt/deep/a.ts": 'import "../../state/b.ts";',
      "domain/state/b.ts": "",
      "domain/state/deep/c.ts": 'import "../../debt/d.ts";',
      "domain/debt/d.ts": "",
    };
    expect(found("one-way", files)).toEqual(["domain/debt ↔ domain/state"]);
  });

  test("are allowed between a folder and its own subfolder", () => {
    const files = {
      "domain/a.ts": 'import "./state/b.ts";',
      "domain/state/b.ts": "",
      "domain/state/c.ts": 'import "../d.ts";',
      "domain/d.ts": "",
    };
    expect(check(files)).toEqual([]);
  });
});

describe("an import between rooms", () => {
  const FORBIDDEN: readonly [from: string, to: string][] = [
    ["domain/a.ts", "platform/b.ts"],
    ["domain/state/deep/a.ts", "dodo/b.ts"],
    ["dodo/a.ts", "activities/b.ts"],
    ["workflows/recovery/a.ts", "dodo/b.ts"],
    ["workflows/recovery/a.ts", "activities/charge/b.ts"],
    ["activities/charge/a.ts", "workflows/contract.ts"],
    ["activities/a.ts", "config/b.ts"],
    ["server/api/a.ts", "dodo/b.ts"],
    ["server/api/a.ts", "config/b.ts"],
    ["server/api/a.ts", "workflows/recovery/b.ts"],
    ["server/a.ts", "worker/b.ts"],
    ["server/main.ts", "dev/b.ts"],
    ["worker/a.ts", "config/b.ts"],
    ["worker/a.ts", "server/b.ts"],
    ["ledger/a.ts", "config/b.ts"],
    ["platform/texts/a.ts", "server/b.ts"],
    ["config/a.ts", "platform/log.ts"],
    ["cli/a.ts", "sandbox/b.ts"],
    ["cli/a.ts", "dev/b.ts"],
    ["sandbox/api/a.ts", "domain/b.ts"],
  ];
  const ALLOWED: readonly [from: string, to: string][] = [
    ["domain/state/a.ts", "domain/debt/b.ts"],
    ["activities/charge/a.ts", "dodo/port.ts"],
    ["server/webhook/a.ts", "dodo/webhook-events.ts"],
    ["server/api/a.ts", "workflows/contract.ts"],
    ["server/main.ts", "config/gateway.ts"],
    ["worker/main.ts", "config/worker.ts"],
    ["worker/a.ts", "ledger/writer.ts"],
    ["config/a.ts", "platform/customer/brand.ts"],
    ["cli/proof/a.ts", "ledger/verify.ts"],
    ["dev/demo/a.ts", "sandbox/api/b.ts"],
    ["test/domain/a.ts", "sandbox/b.ts"],
    ["bench/a.ts", "dev/b.ts"],
  ];
  /** A file that imports another by its path from the root. */
  const importing = (from: string, to: string, keyword = "import"): Record<string, string> => {
    const up = "../".repeat(from.split("/").length - 1);
    return { [from]: `${keyword} * as b from "${up}${to}";`, [to]: "" };
  };

  test.each(FORBIDDEN)("is found: %s imports %s", (from, to) => {
    expect(found("room", importing(from, to))).toEqual([`${from} may not import ${to}`]);
  });

  test.each(ALLOWED)("is allowed: %s imports %s", (from, to) => {
    expect(check(importing(from, to))).toEqual([]);
  });

  test("may be for types only", () => {
    const pairs = [
      ["workflows/a.ts", "activities/b.ts"],
      ["worker/a.ts", "config/b.ts"],
    ] as const;
    for (const [from, to] of pairs) {
      expect(check(importing(from, to, "import type"))).toEqual([]);
      expect(found("room", importing(from, to))).toHaveLength(1);
    }
  });

  test("needs a row for its room", () => {
    expect(found("room", { "attic/a.ts": "" })).toEqual(["attic/ has no row"]);
  });
});

describe("an @source", () => {
  const DOCUMENT = [
    "# Payments",
    "## 5.3 What `charge` refuses",
    "### A [link](x.md) and Dodo's limits",
    "```",
    "# Not a heading",
    "```",
  ].join("\n");
  /** What is wrong with a note in `domain/a.ts`. */
  const problems = (comment: string): readonly string[] =>
    found("source", {
      "domain/a.ts": comment,
      "docs/dodo/payments.md": DOCUMENT,
      "docs/decisions/0008-mandates.md": "",
    }).map((subject) => subject.replace("domain/a.ts: ", ""));

  const MISSING: readonly [note: string, problem: string][] = [
    ["docs/dodo/refunds.md", "docs/dodo/refunds.md does not exist"],
    ["docs/decisions/0008", "docs/decisions/0008 does not exist"],
    ["domain/b.ts, LIMIT", "domain/b.ts does not exist"],
    ["dodo.md 5.3", "dodo.md does not exist"],
    ["domain/a.ts; docs/x.md", "docs/x.md does not exist"],
    ["RFC 8058 3.1: see docs/x.md", "docs/x.md does not exist"],
    ['docs/dodo/payments.md, "Refunds"', 'docs/dodo/payments.md has no heading "Refunds"'],
    ['docs/dodo/payments.md, "5.3"', 'docs/dodo/payments.md has no heading "5.3"'],
    [
      'docs/dodo/payments.md, "Payments" and "Not a heading"',
      'docs/dodo/payments.md has no heading "Not a heading"',
    ],
    ['design, "Rules"', '"design, "Rules"" is neither a file nor a known public source'],
    ["domain/a.ts; hearsay", '"hearsay" is neither a file nor a known public source'],
    ["Dodo", '"Dodo" is neither a file nor a known public source'],
    ["", '"" is neither a file nor a known public source'],
  ];
  const EXISTING: readonly string[] = [
    "docs/dodo/payments.md",
    "docs/decisions/0008-mandates.md.",
    'docs/dodo/payments.md, "5.3 What charge refuses": a remark; and "more"',
    'docs/dodo/payments.md, "Payments", "A link and Dodo\'s limits"; domain/a.ts, LIMIT',
    "https://docs.temporal.io/activities",
    "github.com/standard-webhooks, spec/standard-webhooks.md",
    "dodopayments/dodo-adapters#128",
    'Dodo, developer-resources/ondemand-subscriptions, "Avoid burst retries"',
    "dodopayments 2.52.0, resources/payments.ts, `IntentStatus`",
    "Temporal, sdk-core, crates/sdk-core/src/ephemeral_server/mod.rs",
    "RFC 2369 3.2, RFC 8058 3.1",
    "CLDR, likely subtags",
    "Stripe, api/idempotent_requests",
    "NPCI, UPI AutoPay",
    "ISO 4217; UAX #9; WCAG 2.2, relative luminance. A remark.",
  ];

  test.each(MISSING)("is found: %j", (note, problem) => {
    expect(problems(`/** Why. @source ${note} */`)).toEqual([problem]);
  });

  test.each(EXISTING)("is accepted: %j", (note) => {
    expect(problems(`/** Why. @source ${note} */`)).toEqual([]);
  });

  test("is found in every kind of comment, over several lines, with its line", () => {
    const text = [
      "/**",
      " * Why.",
      " *",
      " * @source docs/dodo/payments.md,",
      ' * "What is lost"',
      " *",
      " * A paragraph that names gone.md is no part of the note.",
      " * @source gone/early.md",
      " * @param a what it takes",
      " */",
      "export const a = 1; // @source gone/late.md,",
      "// section 2",
      'export const text = "@source gone/text.md"; // a mention of `@source gone/mention.md`',
    ].join("\n");
    const findings = check({ "domain/a.ts": text, "docs/dodo/payments.md": DOCUMENT });
    expect(findings.map(({ subject, detail }) => [subject, detail])).toEqual([
      [
        'domain/a.ts: docs/dodo/payments.md has no heading "What is lost"',
        'domain/a.ts:4 @source docs/dodo/payments.md, "What is lost"',
      ],
      ["domain/a.ts: gone/early.md does not exist", "domain/a.ts:8 @source gone/early.md"],
      [
        "domain/a.ts: gone/late.md does not exist",
        "domain/a.ts:11 @source gone/late.md, section 2",
      ],
    ]);
  });
});
