import { Command, CommanderError } from "commander";
import { addActionCommands } from "./commands/actions.ts";
import { addChargeCommands } from "./commands/charges.ts";
import { addCompletionCommand } from "./commands/completion.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addImportCommand } from "./commands/import.ts";
import { addLedgerCommands } from "./commands/ledger.ts";
import { addPolicyCommands } from "./commands/policy.ts";
import { addProofCommand } from "./commands/proof.ts";
import { addRecoveryCommands } from "./commands/recoveries.ts";
import { addReportCommand } from "./commands/report.ts";
import { createRunner, type Runner } from "./commands/runner.ts";
import { addShadowReportCommand } from "./commands/shadow-report.ts";
import { addWebhookCommands } from "./commands/webhooks.ts";
import { EXIT, type ExitCode } from "./run/failure.ts";
import { globalOptions, report } from "./run/session.ts";
import type { Shell } from "./run/shell.ts";

const HELP_COLUMNS = 80;

const AFTER_HELP = `
Environment:
  REPRISE_URL      where the gateway is; by default PUBLIC_URL, else
                   http://127.0.0.1:3000
  REPRISE_API_KEY  the secret of an operator key
  A file .env in this folder is read too.

Exit codes:
   0  done
   1  refused, or it found something
   2  wrong usage
  69  unreachable: repeat it later
  78  configuration, or an unknown key

Examples:
  # Recoveries that need you
  reprise list --state needs_attention
  # Why, and what you can do
  reprise show sub_123`;

const argumentsOf = ({ registeredArguments }: Command): readonly string[] =>
  registeredArguments.map((one) => (one.required ? `<${one.name()}>` : `[${one.name()}]`));

/** The whole command line, with every command. */
export function createProgram(shell: Shell, runner: Runner, version: string): Command {
  const program = new Command("reprise")
    .description("See and steer the recoveries of failed subscription payments.")
    .version(version, "--version", "print the version")
    .helpOption("-h, --help", "show the help of a command")
    .helpCommand(false)
    .configureHelp({
      helpWidth: HELP_COLUMNS,
      showGlobalOptions: true,
      // Without the [options] that nearly every command has.
      subcommandTerm: (command) => [command.name(), ...argumentsOf(command)].join(" "),
    })
    .configureOutput({
      writeOut: shell.stdout.write,
      writeErr: shell.stderr.write,
      outputError: (text, write) => write(text.replace(/^error:/, "reprise:")),
    })
    .showHelpAfterError("See --help.")
    .exitOverride()
    .addHelpText("after", AFTER_HELP);
  for (const option of globalOptions()) program.addOption(option);
  addRecoveryCommands(program, runner);
  addActionCommands(program, runner);
  addChargeCommands(program, runner);
  addWebhookCommands(program, runner);
  addDoctorCommand(program, runner, version);
  addImportCommand(program, runner);
  addProofCommand(program, runner);
  addShadowReportCommand(program, runner);
  addReportCommand(program, runner);
  addLedgerCommands(program, runner);
  addPolicyCommands(program, runner);
  addCompletionCommand(program, runner);
  return program;
}

/** Runs one command. @param args what follows `reprise` @returns its exit code */
export async function runCommand(
  args: readonly string[],
  shell: Shell,
  version: string,
): Promise<ExitCode> {
  const runner = createRunner(shell);
  const program = createProgram(shell, runner, version);
  try {
    await program.parseAsync(args, { from: "user" });
    return runner.exitCode();
  } catch (error) {
    // Commander has said what is wrong, or shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return report(shell, program.opts<{ json?: boolean }>().json === true, error);
  }
}
