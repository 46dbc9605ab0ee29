import type { Command } from "commander";

/** Every command with its words, such as `charging stop`; the first is the program, without words. */
export function commandsUnder(
  command: Command,
  words: readonly string[] = [],
): [string[], Command][] {
  const below = command.commands.flatMap((one) => commandsUnder(one, [...words, one.name()]));
  return [[[...words], command], ...below];
}
