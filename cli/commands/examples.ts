import type { Command } from "commander";

/** Adds examples to a command's help: what is typed, and after it what it does. */
export function addExamples(
  command: Command,
  examples: readonly (readonly [command: string, does: string])[],
): Command {
  const lines = examples.flatMap(([typed, does]) => [`  # ${does}`, `  reprise ${typed}`]);
  return command.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}
