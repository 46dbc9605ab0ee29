import { expect, test } from "vitest";
import type { ConsoleExtras } from "../../../sandbox/pages/console-extras.ts";
import { type SandboxSetup, setUpSandbox } from "../support.ts";

type Console = SandboxSetup & {
  readonly id: string;
  /** Presses a button. @returns the page that follows */
  readonly press: (fields: Record<string, string>) => Promise<string>;
};

async function setUp(consoleExtras: Partial<ConsoleExtras> = {}): Promise<Console> {
  const setup = await setUpSandbox({ consoleExtras });
  const email = "ann@example.test";
  const { subscriptionId } = await setup.control.createSubscription({ name: "Ann", email });
  const press = async (fields: Record<string, string>): Promise<string> => {
    const url = `${setup.sandbox.url}/console/subscriptions/${subscriptionId}`;
    const response = await fetch(url, { method: "POST", body: new URLSearchParams(fields) });
    return await response.text();
  };
  return { ...setup, id: subscriptionId, press };
}

/** The answer to the latest press, a line a sentence. */
function answerIn(page: string): string[] {
  const [, answer = ""] = /<div class="answer" role="status">(.*?)<\/div>/s.exec(page) ?? [];
  return [...answer.matchAll(/<p>(.*?)<\/p>/gs)].map(([, line = ""]) => line);
}

test("each press is answered with what happened", async () => {
  const { press } = await setUp();
  expect(answerIn(await press({ action: "fail", code: "EXPIRED_CARD" }))).toEqual([
    "You charged $29.00: declined, EXPIRED_CARD.",
  ]);
  expect(answerIn(await press({ action: "pay" }))).toEqual([
    "The customer paid $29.00: succeeded.",
  ]);
  expect(answerIn(await press({ action: "charge" }))).toEqual(["You charged $29.00: succeeded."]);
  expect(answerIn(await press({ action: "cancel" }))).toEqual([
    "The customer cancelled. The subscription is cancelled.",
  ]);
});

test.each([
  ["succeed", "succeeded", null],
  ["EXPIRED_CARD", "failed", "EXPIRED_CARD"],
  ["stay", "processing", null],
])("what the next attempt will do can be chosen: %s", async (choice, status, code) => {
  const { press, dodo, id, control } = await setUp();
  const page = await press({ action: "next", choice });
  expect(answerIn(page).join()).toMatch(/^The next attempt will /);
  expect(page).toContain(`<option value="${choice}" selected>`);
  await dodo.subscriptions.charge(id, { product_price: 2_900 });
  await expect
    .poll(async () =>
      (await control.ledgerOf(id)).payments.map((one) => [one.status, one.errorCode]),
    )
    .toEqual([[status, code]]);
});

test("the next attempt can take effect and lose its answer, or never reach Dodo", async () => {
  for (const [choice, payments] of [
    ["lost", 1],
    ["unsent", 0],
  ] as const) {
    const { press, dodo, id, control } = await setUp();
    await press({ action: "next", choice });
    await expect(dodo.subscriptions.charge(id, { product_price: 2_900 })).rejects.toThrow(
      "Connection error",
    );
    expect((await control.ledgerOf(id)).payments).toHaveLength(payments);
  }
});

test("a later choice replaces an earlier one, and a choice that does not exist is refused", async () => {
  const { press, control } = await setUp();
  await press({ action: "next", choice: "lost" });
  expect(await press({ action: "next", choice: "succeed" })).toContain('value="succeed" selected');
  expect((await control.faults()).faults).toEqual([]);
  expect(answerIn(await press({ action: "next", choice: "other" })).join()).toMatch(
    /^Dodo refuses: Choice/,
  );
});

test("each customer's facts and links stand above their payments", async () => {
  const { sandbox } = await setUp({
    describe: async ({ email }) =>
      await Promise.resolve({
        facts: [{ label: "Next step", text: "attempt 2, day 3 00:05" }],
        links: [{ label: "Emails (1)", href: `http://inbox.test/?to=${email}` }],
      }),
  });
  const page = await (await fetch(sandbox.url)).text();
  expect(page).toMatch(/<dt>Next step<\/dt>\s*<dd>attempt 2, day 3 00:05<\/dd>/);
  expect(page).toContain('href="http://inbox.test/?to=ann@example.test"');
});
