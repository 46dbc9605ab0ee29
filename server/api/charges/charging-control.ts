import type { Client } from "@temporalio/client";
import { createActivityQueue } from "../../../platform/temporal/activity-queue.ts";
import {
  type Charging,
  type ChargingSwitch,
  createChargingSwitch,
} from "../../../platform/temporal/charging-switch.ts";
import { chargeQueueOf } from "../../../workflows/contract.ts";
import { callTemporal } from "../../temporal/call-temporal.ts";

/** Stops and resumes all charges. Every call ends within the gateway's deadline. */
export type ChargingControl = {
  readonly read: () => Promise<Charging>;
  /** If charging is already stopped, the first stop keeps its reason. @param by the operator key's name */
  readonly stop: (reason: string, by: string) => Promise<Charging>;
  readonly resume: (by: string) => Promise<Charging>;
};

/** @param client null until connected */
export function createChargingControl(
  client: () => Client | null,
  taskQueue: string,
): ChargingControl {
  const withSwitch = async (
    work: (charging: ChargingSwitch) => Promise<Charging>,
  ): Promise<Charging> =>
    await callTemporal(client, async (connected) => {
      const queue = createActivityQueue(connected, chargeQueueOf(taskQueue));
      return await work(createChargingSwitch(queue));
    });
  return {
    read: async () => await withSwitch((charging) => charging.read()),
    stop: async (reason, by) =>
      await withSwitch(async (charging) => (await charging.stop(`${by}: ${reason}`, by)).charging),
    resume: async (by) => await withSwitch((charging) => charging.resume(`${by}: resumed`, by)),
  };
}
