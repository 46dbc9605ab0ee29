import { describe, expect, test } from "vitest";
import { type OperatorAction, possibleActions } from "../../../domain/possible-actions.ts";
import { PAUSE, RESUME } from "../../support/domain/operator-commands.ts";
import type { RecoveryDriver } from "../../support/domain/recovery-driver.ts";
import { opened, SITUATIONS } from "./situations.ts";

const effectOf = ({ recovery }: RecoveryDriver, action: OperatorAction): string => {
  const possible = possibleActions(recovery).find((one) => one.action === action);
  return `${possible?.applies === true ? "" : "refused: "}${possible?.effect ?? ""}`;
};

describe("what the next command would do", () => {
  test("is said of a recovery that waits for its attempt", () => {
    const driver = opened();
    expect(effectOf(driver, "pause")).toBe("pauses the recovery until it is resumed");
    expect(effectOf(driver, "resume")).toMatch(/^refused: the recovery is neither paused nor/);
    expect(effectOf(driver, "retry_now")).toBe("charges attempt 2 of USD 29.00 now");
  });

  test("keeps the pause and the question apart: the first resume lifts, the second answers", () => {
    const driver = SITUATIONS["that asks about a payment made elsewhere"]();
    driver.command(PAUSE);
    expect(effectOf(driver, "resume")).toBe(
      "lifts the pause; a second resume answers the open question (unattributed_success)",
    );
    driver.command(RESUME);
    expect(driver.recovery.attention).toHaveLength(1);
    expect(effectOf(driver, "resume")).toBe(
      "answers the open question (unattributed_success), and the recovery continues",
    );
  });

  test("is a refusal with its reason for a charge of a paused recovery", () => {
    expect(effectOf(SITUATIONS["that is paused"](), "retry_now")).toBe(
      "refused: paused by anna; resume it first",
    );
  });

  test("is nothing once the recovery is over", () => {
    const { recovery } = SITUATIONS["that is over"]();
    expect(possibleActions(recovery).every(({ applies }) => !applies)).toBe(true);
  });
});

describe("what a recovery waits for", () => {
  test("is a person while it is paused, and a person's answer while a question is open", () => {
    const driver = SITUATIONS["that asks about a payment made elsewhere"]();
    driver.command(PAUSE);
    const paused = driver.command(RESUME);
    expect(paused.waitingFor).toContain("an operator's answer (unattributed_success)");
    expect(opened().command(PAUSE).waitingFor).toContain("an operator, who resumes the recovery");
  });

  test("is nothing once the recovery is over", () => {
    const driver = SITUATIONS["that is over"]();
    expect(driver.receive({ kind: "timer_fired" }).waitingFor).toBe(
      "nothing: the recovery is over",
    );
  });

  test("is the outcome of the charge that is in flight", () => {
    const driver = SITUATIONS["with a charge in flight"]();
    expect(driver.command(PAUSE).waitingFor).toMatch(/^an operator, who resumes the recovery/);
    expect(driver.command(RESUME).waitingFor).toMatch(/attempt 2|a read of Dodo/);
  });
});
