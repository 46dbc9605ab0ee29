import type { Command } from "commander";
import { EXIT, type ExitCode } from "../run/failure.ts";
import { type Session, sessionOf } from "../run/session.ts";
import type { Shell } from "../run/shell.ts";

/**
 * What a command does: its options and arguments have the types that its parsers gave them, which Commander does not know.
 * It returns nothing where it has done what was asked.
 */
export type Work = (
  session: Session,
  options: never,
  ...given: readonly never[]
) => Promise<ExitCode | void>;

/** Runs the work of commands, and keeps the exit code of the one that ran. */
export type Runner = {
  readonly run: (work: Work) => (...given: readonly unknown[]) => Promise<void>;
  readonly exitCode: () => ExitCode;
};

export function createRunner(shell: Shell): Runner {
  let exitCode: ExitCode = EXIT.done;
  return {
    run:
      (work) =>
      async (...given) => {
        // Commander passes the arguments, then the options, then the command.
        const session = sessionOf(shell, given.at(-1) as Command);
        const names = given.slice(0, -2) as never[];
        exitCode = (await work(session, given.at(-2) as never, ...names)) ?? EXIT.done;
      },
    exitCode: () => exitCode,
  };
}
