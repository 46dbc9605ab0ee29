import { connect } from "node:net";
import { tailOf } from "../../dev/process/child-process.ts";
import { until } from "../run/until.ts";

/** The database of a peer. */
export type Store = { readonly url: string; readonly stop: () => Promise<void> };

const READY_TIMEOUT_MS = 60_000;

/** Waits until the port accepts connections. @throws with the end of the log */
export async function canConnect(port: number, what: string, logFile: string): Promise<void> {
  const check = async (): Promise<boolean> =>
    await new Promise((resolve) => {
      const socket = connect({ host: "127.0.0.1", port });
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
  await until(what, check, READY_TIMEOUT_MS).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${tailOf(logFile)}`);
  });
}
