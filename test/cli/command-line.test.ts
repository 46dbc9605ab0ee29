import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRunner } from "../../cli/commands/runner.ts";
import { createProgram } from "../../cli/program.ts";
import { progressLine } from "../../cli/run/progress.ts";
import { commandsForCause } from "../../cli/text/commands-for-cause.ts";
import { policyFileOf, policyText } from "../../cli/text/policy-text.ts";
import { parsePolicy } from "../../config/policy.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { ATTENTION_CAUSES } from "../../domain/state/attention.ts";
import { reprise, SILENT_SHELL } from "../support/command-line.ts";
import { commandsUnder } from "../support/command-tree.ts";

const COMMANDS = commandsUnder(createProgram(SILENT_SHELL, createRunner(SILENT_SHELL), "0.0.0"));
const helpOf = async (words: readonly string[]): Promise<string> =>
  (await reprise([...words, "--help"])).out;

describe("the help", () => {
  test("names the commands of this version, and no other", () => {
    expect(COMMANDS.map(([words]) => words.join(" ")).filter((name) => name !== "")).toEqual([
      "list",
      "show",
      "pause",
      "resume",
      "retry",
      "mark-paid",
      "write-off",
      "charge",
      "charging",
      "charging stop",
      "charging resume",
      "charging status",
      "sweep",
      "webhooks",
      "webhooks list",
      "webhooks redeliver",
      "doctor",
      "import",
      "proof",
      "shadow-report",
      "report",
      "ledger",
      "ledger rebuild",
      "ledger verify",
      "ledger export",
      "policy",
      "policy check",
      "policy show",
      "completion",
    ]);
  });

  test.each(COMMANDS.map(([words]) => [words.join(" "), words] as const))(
    "of `reprise %s` fits into 80 columns",
    async (_name, words) => {
      const help = await helpOf(words);
      expect(help).toContain("Usage: reprise");
      for (const line of help.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    },
  );

  // Some wait for a Temporal that does not answer.
  test.concurrent.each(
    COMMANDS.filter(([, { commands }]) => commands.length === 0).map(
      ([words]) => [words.join(" "), words] as const,
    ),
  )("of `reprise %s` has examples that this version understands", async (name, words) => {
    const examples = [...(await helpOf(words)).matchAll(/^ {2}reprise (.+)$/gm)];
    expect(examples.length).toBeGreaterThan(0);
    const runs = examples.map(async ([, typed = ""]) => {
      expect(typed.startsWith(name), typed).toBe(true);
      const args = [...typed.replace(/ >.*/, "").matchAll(/'([^']*)'|(\S+)/g)].map(
        ([, quoted, plain]) => quoted ?? plain ?? "",
      );
      // Nothing is configured, so each ends at the latest there: 2 is a wrong usage, or a question without a terminal.
      const { err } = await reprise(args, { env: { TEMPORAL_ADDRESS: "127.0.0.1:1" } });
      expect(err, typed).not.toMatch(/unknown|invalid|See --help/);
    });
    await Promise.all(runs);
  });

  test("is on stderr with exit code 2 where a command is missing or unknown", async () => {
    for (const args of [[], ["charging"], ["policy"], ["webhooks"]]) {
      const { code, out, err } = await reprise(args);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toContain("Usage: reprise");
    }
    const { code, err } = await reprise(["lst"]);
    expect(code).toBe(2);
    expect(err).toContain("Did you mean list?");
  });
});

test.each([
  [["show"], "missing required argument"],
  [["show", "a b"], "Expected a subscription id"],
  [["list", "--state", "fine"], "Allowed choices are opening, charging"],
  [["list", "--customer", "a b"], "Expected a customer id"],
  [["charging", "stop"], "--reason"],
  [["charge", "sub_1", "--idempotency-key", "k"], "--amount"],
  [["charge", "sub_1", "--amount", "29.00", "--idempotency-key", "k"], "2900 for 29.00"],
  [["charge", "sub_1", "--amount", "0", "--idempotency-key", "k"], "2900 for 29.00"],
  [["charge", "sub_1", "--amount", "100"], "--idempotency-key"],
  [["list", "--timeout", "5"], "Expected a duration"],
  [["webhooks", "redeliver", "msg_1"], "Expected a webhook-id"],
  [["doctor", "--send-to", "anna"], "Expected an email address"],
  [["completion", "fish"], "Allowed choices are bash, zsh"],
] as const)("wrong usage %j has exit code 2 and says what is expected", async (args, says) => {
  const { code, out, err } = await reprise(args);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain(says);
});

test("each cause of attention has commands that exist", () => {
  const names = COMMANDS.map(([words]) => words.join(" "));
  for (const cause of Object.keys(ATTENTION_CAUSES)) {
    for (const command of commandsForCause(cause, "sub_1")) {
      const [first, name = "", id, ...options] = command.split(" ");
      expect([first, id]).toEqual(["reprise", "sub_1"]);
      expect(names).toContain(name);
      const known = COMMANDS.find(([words]) => words.join(" ") === name)?.[1].options ?? [];
      for (const option of options) expect(known.map(({ long }) => long)).toContain(option);
    }
  }
  expect(commandsForCause("of_a_later_version", "sub_1")).toEqual([]);
});

test("progress shows count, rate and the time left where the total is known", () => {
  expect(progressLine(120, 400, "recoveries", 5_000)).toBe(
    "120 of 400 recoveries, 24 a second, 12 s left",
  );
  expect(progressLine(3, null, "recoveries", 2_000)).toBe("3 recoveries, 1.5 a second");
  expect(progressLine(0, 4, "recoveries", 2_000)).toBe("0 of 4 recoveries, 0.0 a second");
});

describe("reprise policy", () => {
  let folder: string;
  const write = (text: string): string => {
    const path = join(folder, "policy.yaml");
    writeFileSync(path, text);
    return path;
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "reprise-policy-"));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("check accepts a valid file and names what it changes", async () => {
    const path = write("window: 20d\nretry: { gaps: [2d, 5d] }\n");
    const { code, out } = await reprise(["policy", "check", path]);
    expect([code, out]).toEqual([0, `Valid: ${path}. It changes retry.gaps, window.\n`]);
    const named = await reprise(["policy", "check"], { env: { RECOVERY_POLICY: path } });
    expect(named.out).toBe(out);
    const piped = await reprise(["policy", "check", "-"], { stdin: "window: 30d" });
    expect(piped.out).toBe("Valid: stdin. All values are the built-in ones.\n");
  });

  test("check lists every problem with its key, and ends with 1", async () => {
    const path = write("windw: 20d\nretry: { settle_reads: two }\n");
    const { code, out } = await reprise(["policy", "check", path]);
    expect(code).toBe(1);
    expect(out).toContain("  windw: ");
    expect(out).toContain("  retry.settle_reads: ");
  });

  test("check knows the limits of live_mode", async () => {
    const path = write("retry: { gaps: [12h], align: none }\n");
    expect((await reprise(["policy", "check", path])).code).toBe(0);
    expect((await reprise(["policy", "check", path, "--live"])).code).toBe(1);
    const env = { DODO_PAYMENTS_ENVIRONMENT: "live_mode" };
    expect((await reprise(["policy", "check", path], { env })).code).toBe(1);
  });

  test("says which file it cannot read, and who named it", async () => {
    const given = await reprise(["policy", "check", "/nowhere.yaml"]);
    expect([given.code, given.err]).toEqual([2, "reprise: Cannot read /nowhere.yaml (ENOENT).\n"]);
    const named = await reprise(["policy", "show"], { env: { RECOVERY_POLICY: "/nowhere.yaml" } });
    expect(named.code).toBe(78);
    expect(named.err).toContain("RECOVERY_POLICY");
  });

  test("show marks what differs from the built-in policy", async () => {
    const { out } = await reprise(["policy", "show", write("window: 20d\n")]);
    expect(out).toContain("\nwindow: 20d # built-in: 30d\n");
    expect(out).toContain("\n  gaps: [3d, 7d, 7d]\n");
    const broken = await reprise(["policy", "show", write("window: soon\n")]);
    expect(broken.code).toBe(1);
    expect(broken.err).toContain("window: expected a duration");
  });

  test("show prints a file that means the same policy", () => {
    const durations = fc.integer({ min: 0, max: 4_000_000 }).map((seconds) => seconds * 1_000);
    fc.assert(
      fc.property(
        fc.array(durations, { maxLength: 5 }),
        durations,
        fc.string(),
        (gaps, one, key) => {
          const policy = {
            ...DEFAULT_POLICY,
            retry: { ...DEFAULT_POLICY.retry, gapsMs: gaps, settleMs: one },
            debtKey: key.slice(0, 40) === "" ? null : key.slice(0, 40),
            codes: { GENERIC_DECLINE: "customer" as const },
          };
          const reading = parsePolicy(policyText(policy));
          // A policy that its own rules refuse has no reading to compare.
          if (reading.kind === "policy") expect(reading.policy).toEqual(policy);
          else expect(JSON.stringify(reading.problems)).not.toMatch(/unknown key|not valid/);
        },
      ),
    );
    expect(parsePolicy(policyText(DEFAULT_POLICY))).toEqual({
      kind: "policy",
      policy: DEFAULT_POLICY,
    });
    expect(policyFileOf(DEFAULT_POLICY)).toMatchObject({ retry: { gaps: ["3d", "7d", "7d"] } });
  });
});

describe("completion", () => {
  /** What bash offers after these words; the last is being typed. */
  async function offeredAfter(...words: readonly string[]): Promise<readonly string[]> {
    const { out } = await reprise(["completion", "bash"]);
    const script = `${out}\nCOMP_WORDS=(reprise "$@"); COMP_CWORD=$#; _reprise; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await promisify(execFile)("bash", ["-c", script, "bash", ...words]);
    return stdout.trim().split("\n");
  }

  test("in bash offers commands, their options, and the values of an option", async () => {
    expect(await offeredAfter("cha")).toEqual(["charge", "charging"]);
    expect(await offeredAfter("charging", "s")).toEqual(["stop", "status"]);
    expect(await offeredAfter("list", "--state", "w")).toEqual(["waiting"]);
    expect(await offeredAfter("list", "--all", "--s")).toEqual(["--state"]);
    expect(await offeredAfter("retry", "sub_1", "--conf")).toEqual([
      "--confirmed-absent",
      "--confirmed-dead",
    ]);
    expect(await offeredAfter("completion", "")).toContain("zsh");
  });

  test("for zsh has the same words as for bash", async () => {
    const [bash, zsh] = await Promise.all(
      ["bash", "zsh"].map(async (shellName) => (await reprise(["completion", shellName])).out),
    );
    const words = (text = ""): string[] =>
      [...text.matchAll(/^ +("[^"]*"\)) words_?=(.*) ;;$/gm)].map(
        ([, path, all]) => `${path}${all}`,
      );
    expect(words(zsh)).toEqual(words(bash));
    expect(words(zsh).length).toBeGreaterThan(20);
    expect(zsh).toMatch(/^#compdef reprise\n/);
  });
});
