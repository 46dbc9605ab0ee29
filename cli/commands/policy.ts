import type { Command } from "commander";
import { readFile } from "node:fs/promises";
import { parsePolicy, type PolicyReading } from "../../config/policy.ts";
import type { Policy } from "../../domain/policy.ts";
import { visible } from "../../domain/values/visible-text.ts";
import { EXIT, type ExitCode, Failure } from "../run/failure.ts";
import type { Session } from "../run/session.ts";
import { changedKeys, policyFileOf, policyText } from "../text/policy-text.ts";
import { addExamples } from "./examples.ts";
import type { Runner } from "./runner.ts";

type PolicyOptions = { readonly live?: boolean };

const FILE = ["[file]", "by default RECOVERY_POLICY; - reads stdin"] as const;
const LIVE = ["--live", "apply the limits of live_mode"] as const;

/** `policy check` and `policy show`. */
export function addPolicyCommands(program: Command, { run }: Runner): void {
  const policy = program
    .command("policy")
    .description("Check and show a policy file")
    .helpCommand(false);
  addExamples(
    policy
      .command("check")
      .description("List every problem of a policy file")
      .argument(...FILE)
      .option(...LIVE)
      .action(run(checkPolicy)),
    [
      ["policy check policy.yaml", "Check a file before a worker reads it"],
      ["policy check policy.yaml --live", "Check it with the limits of live_mode"],
    ],
  );
  addExamples(
    policy
      .command("show")
      .description("Show a policy with every key")
      .argument(...FILE)
      .option(...LIVE)
      .action(run(showPolicy)),
    [
      ["policy show", "The policy of RECOVERY_POLICY, or the built-in one"],
      ["policy show policy.yaml", "A file, with its changes marked"],
    ],
  );
}

type Read = {
  /** Null: the built-in policy. */
  readonly file: string | null;
  readonly live: boolean;
  readonly reading: PolicyReading;
};

async function read(
  { shell }: Session,
  { live = false }: PolicyOptions,
  given: string | undefined,
): Promise<Read> {
  const isLive = live || shell.env["DODO_PAYMENTS_ENVIRONMENT"]?.trim() === "live_mode";
  const named = shell.env["RECOVERY_POLICY"]?.trim() ?? "";
  const file = given ?? (named === "" ? null : named);
  const text =
    file === null ? "" : file === "-" ? await shell.readStdin() : await contentOf(file, given);
  return { file, live: isLive, reading: parsePolicy(text, isLive) };
}

async function contentOf(file: string, given: string | undefined): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw given === undefined
      ? new Failure("configuration", `RECOVERY_POLICY: cannot read ${file}${code}.`)
      : new Failure("usage", `Cannot read ${file}${code}.`);
  }
}

const nameOf = (file: string | null): string =>
  file === null ? "the built-in policy" : file === "-" ? "stdin" : visible(file);

async function checkPolicy(
  session: Session,
  options: PolicyOptions,
  given: string | undefined,
): Promise<ExitCode> {
  const { file, live, reading } = await read(session, options, given);
  const problems = reading.kind === "problems" ? reading.problems : [];
  const changed = reading.kind === "policy" ? changedKeys(reading.policy) : [];
  session.print({ file, live, valid: problems.length === 0, problems, changed }, () =>
    reading.kind === "policy"
      ? `${session.paint("green", "Valid")}: ${nameOf(file)}. ${changedText(changed)}`
      : [
          `${session.paint("red", "Not valid")}: ${nameOf(file)}`,
          ...problems.map(({ path, problem }) => `  ${visible(path)}: ${visible(problem)}`),
        ].join("\n"),
  );
  return problems.length === 0 ? EXIT.done : EXIT.refused;
}

const changedText = (changed: readonly string[]): string =>
  changed.length === 0 ? "All values are the built-in ones." : `It changes ${changed.join(", ")}.`;

async function showPolicy(
  session: Session,
  options: PolicyOptions,
  given: string | undefined,
): Promise<void> {
  const { file, live, reading } = await read(session, options, given);
  const policy = policyOf(reading, file);
  const body = { file, live, changed: changedKeys(policy), policy: policyFileOf(policy) };
  session.print(body, () => `# ${nameOf(file)}\n${policyText(policy)}`);
}

function policyOf(reading: PolicyReading, file: string | null): Policy {
  if (reading.kind === "policy") return reading.policy;
  const lines = reading.problems.map(({ path, problem }) => `${path}: ${problem}`);
  throw new Failure("refused", [`Not valid: ${nameOf(file)}`, ...lines].join("\n"));
}
