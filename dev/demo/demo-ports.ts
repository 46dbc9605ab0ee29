import { expectFree } from "../process/ports.ts";

export type DemoPorts = {
  readonly temporal: number;
  readonly webUi: number;
  readonly gateway: number;
  readonly sandbox: number;
  readonly inbox: number;
};

const HOST = "127.0.0.1";

/** Used unless the demo is started with `--free-ports`. */
export const DEMO_PORTS: DemoPorts = {
  temporal: 7233,
  webUi: 8233,
  gateway: 3000,
  sandbox: 4010,
  inbox: 8025,
};

const PORT_OWNER: Readonly<Record<keyof DemoPorts, string>> = {
  temporal: "Temporal",
  webUi: "the Temporal Web UI",
  gateway: "the gateway",
  sandbox: "the sandbox Dodo",
  inbox: "the inbox",
};

/** @throws if a port is in use, with what to do */
export async function checkPorts(ports: DemoPorts): Promise<void> {
  for (const [name, port] of Object.entries(ports) as [keyof DemoPorts, number][])
    await expectFree(HOST, port, `The demo (${PORT_OWNER[name]})`);
}
