import { runCommand } from "../../cli/program.ts";
import { OPERATOR_KEYS } from "./system/gateway.ts";

export type CommandResult = { readonly code: number; readonly out: string; readonly err: string };

type Surroundings = {
  readonly env?: Readonly<Record<string, string>>;
  readonly isTerminal?: boolean;
  /** What a person answers on the terminal; without it there is none. */
  readonly answer?: string;
  readonly stdin?: string;
};

/** The environment of an operator. */
export const operatorEnv = (gatewayUrl: string): Readonly<Record<string, string>> => ({
  REPRISE_URL: gatewayUrl,
  REPRISE_API_KEY: OPERATOR_KEYS[0].secret,
});

const SINK = { write: () => undefined, isTerminal: false, isClosed: () => false };

/** Shows nothing, and has nobody who answers. */
export const SILENT_SHELL = {
  env: {},
  stdout: SINK,
  stderr: SINK,
  ask: null,
  readStdin: async () => await Promise.resolve(""),
};

/** Runs `reprise` in this process. */
export async function reprise(
  args: readonly string[],
  { env = {}, isTerminal = false, answer, stdin = "" }: Surroundings = {},
): Promise<CommandResult> {
  const written = { out: "", err: "" };
  const sink = (name: "out" | "err") => ({
    write: (text: string): void => void (written[name] += text),
    isTerminal,
    isClosed: () => false,
  });
  const ask = async (question: string): Promise<string> => {
    written.err += question;
    return await Promise.resolve(answer ?? "");
  };
  const shell = {
    env,
    stdout: sink("out"),
    stderr: sink("err"),
    readStdin: async () => await Promise.resolve(stdin),
    ask: answer === undefined ? null : ask,
  };
  const code = await runCommand(args, shell, "0.0.0");
  return { code, ...written };
}
