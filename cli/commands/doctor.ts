import { type Command, InvalidArgumentError } from "commander";
import type { Examination } from "../doctor/examine.ts";
import { doctorText } from "../doctor/doctor-text.ts";
import { createProgress } from "../run/progress.ts";
import { EXIT, type ExitCode } from "../run/failure.ts";
import type { Session } from "../run/session.ts";
import { addExamples } from "./examples.ts";
import type { Runner } from "./runner.ts";

type DoctorOptions = { readonly sendTo?: string };

/** `doctor`. */
export function addDoctorCommand(program: Command, { run }: Runner, version: string): void {
  const doctor = program
    .command("doctor")
    .description("Check the whole set-up, and say what to mend")
    .option("--send-to <address>", "send a test mail to this address", addressOf)
    .addHelpText(
      "after",
      "\nIt reads the variables of both processes, and .env. What is not set here is\nunknown. It changes and charges nothing. Exit code 1: something failed.",
    )
    .action(
      run(
        async (session: Session, options: DoctorOptions) =>
          await examineAll(session, options, version),
      ),
    );
  addExamples(doctor, [
    ["doctor", "What works, what does not, and what to do"],
    ["doctor --send-to you@example.com", "Send a test mail too"],
    ["doctor --json", "The same for programs"],
  ]);
}

function addressOf(text: string): string {
  if (/^[^<>@\s,]+@[^<>@\s,]+$/.test(text)) return text;
  throw new InvalidArgumentError("Expected an email address.");
}

async function examineAll(
  { shell, timeoutMs, print, paint }: Session,
  { sendTo }: DoctorOptions,
  version: string,
): Promise<ExitCode> {
  // Temporal's packages take a second to load.
  const { CHECKS, examine } = await import("../doctor/examine.ts");
  const progress = createProgress(shell.stderr, "checks", CHECKS);
  let examination: Examination;
  try {
    examination = await examine({
      env: shell.env,
      version,
      timeoutMs,
      sendTo: sendTo ?? null,
      now: Date.now,
      onEnded: progress.at,
    });
  } finally {
    progress.end();
  }
  print(bodyOf(examination), () => doctorText(examination, paint));
  return examination.counts.fail === 0 ? EXIT.done : EXIT.refused;
}

/** As `--json` prints it. */
function bodyOf({ checks, counts, lists }: Examination): object {
  return {
    healthy: counts.fail === 0,
    counts,
    checks: checks.map(({ group, name, what, status, detail, mend }) => ({
      name,
      group,
      what,
      status,
      detail,
      mend,
    })),
    lists,
  };
}
