import type { Env } from "../../config/env.ts";
import { inertJson } from "../../platform/inert-json.ts";

/** Where a command writes. */
export type Sink = {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** The reader has gone, as `head` does. */
  readonly isClosed: () => boolean;
};

/** What surrounds a command: the process, or a test. */
export type Shell = {
  /** With what `.env` adds. */
  readonly env: Env;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly readStdin: () => Promise<string>;
  /** Asks a person on the terminal; null: nobody is there. An answer that does not come is empty. */
  readonly ask: ((question: string) => Promise<string>) | null;
};

const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
} as const;

export type Style = keyof typeof STYLES;

export type Paint = (style: Style, text: string) => string;

/** Colours for a terminal, and none elsewhere. @source https://no-color.org */
export function paintFor({ isTerminal }: Sink, env: Env): Paint {
  const isColoured = isTerminal && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
  return (style, text) => {
    const [on, off] = STYLES[style];
    return isColoured ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  };
}

/** JSON that a terminal shows and does not obey; a program reads the same from it. */
export function jsonText(value: unknown): string {
  return inertJson(JSON.stringify(value, null, 2));
}
