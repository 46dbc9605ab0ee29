import type { RecoveryResult } from "../../domain/debt/result.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import type { Scenario } from "./scenarios.ts";

/**
 * Compares how a scenario ended with what was expected. Reads the sandbox's ledger over HTTP and the workflow's result,
 * so that the verdict does not rest on our own state.
 * @returns a line for each difference
 */
export async function checkScenario(
  { name, expected }: Scenario,
  sandbox: Sandbox,
  subscriptionId: string,
  result: RecoveryResult,
): Promise<string[]> {
  const { payments, succeeded, status } = await sandbox.control.ledgerOf(subscriptionId);
  const { outcome, by } = result;
  const actual = { outcome, by, payments: payments.length, succeeded, status };
  return Object.entries(expected)
    .filter(([key, value]) => actual[key as keyof typeof actual] !== value)
    .map(([key, value]) => {
      const found = String(actual[key as keyof typeof actual]);
      return `${name}: ${key} is ${found}, expected ${String(value)}`;
    });
}

export function formatVerdict(findings: readonly string[], scenarios: number): string {
  if (findings.length > 0) {
    return `Not as it should be:\n${findings.map((finding) => `  - ${finding}`).join("\n")}`;
  }
  return `All ${scenarios} stories ended right: each debt was collected at most once, and every recovery finished.`;
}

/** @throws if a story did not end right, with what was different */
export function requireVerdict(findings: readonly string[]): void {
  if (findings.length === 0) return;
  throw new Error(
    `No pictures of a demo that did not end right:\n${findings.map((finding) => `  - ${finding}`).join("\n")}`,
  );
}
