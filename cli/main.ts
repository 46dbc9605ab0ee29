#!/usr/bin/env node
/** `reprise`: see and steer recoveries. Started by `npm run reprise`, and in the image as `reprise`. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { type Env, readEnv, readEnvOver } from "../config/env.ts";
import { messageOf } from "../platform/error-message.ts";
import { runCommand } from "./program.ts";
import { EXIT } from "./run/failure.ts";
import type { Shell, Sink } from "./run/shell.ts";

/** Writes until the reader has gone. A closed pipe, as after `head`, is no error. */
function sinkOf(stream: NodeJS.WriteStream): Sink {
  let isClosed = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    isClosed = true;
  });
  return {
    write: (line) => {
      if (!isClosed) stream.write(line);
    },
    isTerminal: stream.isTTY === true,
    isClosed: () => isClosed,
  };
}

/** @returns an empty answer at the end of the input, and after Ctrl-C */
async function askPerson(question: string): Promise<string> {
  return await new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    lines.on("SIGINT", () => lines.close());
    lines.on("close", () => resolve(""));
    lines.question(question, (answer) => {
      resolve(answer);
      lines.close();
    });
  });
}

/** Of package.json, which is above this file in the checkout, the package and the image. */
function versionAbove(folder: string): string {
  const path = join(folder, "package.json");
  if (existsSync(path)) {
    return (JSON.parse(readFileSync(path, "utf8")) as { readonly version: string }).version;
  }
  return dirname(folder) === folder ? "unknown" : versionAbove(dirname(folder));
}

/** A `.env` that this user may not read is named, rather than passed over. */
function readEnvironment(): Env {
  try {
    return readEnvOver(".env") ?? readEnv();
  } catch (error) {
    process.stderr.write(`reprise: cannot read .env in this folder: ${messageOf(error)}\n`);
    process.exit(EXIT.configuration);
  }
}

const shell: Shell = {
  env: readEnvironment(),
  stdout: sinkOf(process.stdout),
  stderr: sinkOf(process.stderr),
  readStdin: async () => await text(process.stdin),
  ask: process.stdin.isTTY && process.stderr.isTTY ? askPerson : null,
};

const version = versionAbove(dirname(fileURLToPath(import.meta.url)));
process.exitCode = await runCommand(process.argv.slice(2), shell, version);
