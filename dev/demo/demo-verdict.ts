import type { RecoveryResult } from "../../domain/debt/result.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import type { Member } from "./scenarios.ts";

/**
 * Holds a story's end against the sandbox's ledger, over HTTP, and Temporal's result: never against our own state.
 * @returns what was not as it should be
 */
export async function judge(
  { name, ends }: Member,
  sandbox: Sandbox,
  subscriptionId: string,
  result: RecoveryResult,
): Promise<string[]> {
  const { payments, succeeded, status } = await sandbox.control.ledgerOf(subscriptionId);
  const { outcome, by } = result;
  const found = { outcome, by, payments: payments.length, succeeded, status };
  return Object.entries(ends)
    .filter(([key, expected]) => found[key as keyof typeof found] !== expected)
    .map(([key, expected]) => {
      const value = String(found[key as keyof typeof found]);
      return `${name}: ${key} is ${value}, not ${String(expected)}`;
    });
}

export function verdictOf(findings: readonly string[], stories: number): string {
  if (findings.length > 0) {
    return `Not as it should be:\n${findings.map((finding) => `  - ${finding}`).join("\n")}`;
  }
  return `All ${stories} stories ended right: every debt was collected once at most, and none was lost.`;
}
