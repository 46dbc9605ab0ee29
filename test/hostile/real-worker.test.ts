import { expect, test } from "vitest";
import { scriptedSubscription } from "../support/system/failed-charge.ts";
import { startTestSystem } from "../support/system/test-system.ts";
import { textOfHistory } from "../support/temporal/history-text.ts";
import { until } from "../support/until.ts";
import { SENTENCE, tracesOf } from "./persons.ts";

test("a bug in a local activity, whose error names a person, fails the workflow task without the person", async () => {
  const system = await startTestSystem({
    policyOf: () => {
      throw new TypeError(SENTENCE, { cause: new Error(SENTENCE) });
    },
  });
  try {
    const { control } = system.sandbox;
    const id = await scriptedSubscription(control, [{ decline: "EXPIRED_CARD" }]);
    await control.charge(id);
    const history = await until(
      async () => {
        const text = textOfHistory(await system.handle(id).fetchHistory());
        return text.includes("the rules could not decide") ? text : null;
      },
      { what: "the failed workflow task" },
    );
    expect(history).toContain("an unexpected error, TypeError; its text is not recorded");
    expect(tracesOf(history)).toEqual([]);
  } finally {
    await system.close();
  }
});
