import { readFileSync } from "node:fs";
import { runCommand } from "../../../cli/program.ts";

/** What `reprise` prints on a terminal, with colours: the commands one after the other, as they are typed. */
export async function commandLineOutput(
  env: Readonly<Record<string, string>>,
  commands: readonly (readonly string[])[],
): Promise<string> {
  const lines: string[] = [];
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const sink = {
    write: (text: string): void => void lines.push(text.trimEnd()),
    isTerminal: true,
    isClosed: () => false,
  };
  // Progress would show in the picture as it never stands on a terminal.
  const silent = { write: (): void => undefined, isTerminal: false, isClosed: () => false };
  const readStdin = async (): Promise<string> => await Promise.resolve("");
  for (const [number, args] of commands.entries()) {
    // The page's first prompt is its own.
    if (number > 0) lines.push("", `$ reprise ${args.join(" ")}`, "");
    const shell = { env, stdout: sink, stderr: silent, readStdin, ask: null };
    const code = await runCommand(args, shell, version);
    if (code !== 0) throw new Error(`reprise ${args.join(" ")}: exit code ${code}`);
  }
  return lines.join("\n");
}
