import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { DAY_MS } from "../../domain/values/time.ts";
import { type CommandResult, operatorEnv, reprise } from "../support/command-line.ts";
import { callApi } from "../support/merchant/api.ts";
import { failedCharge } from "../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../support/system/test-system.ts";
import { until } from "../support/until.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem();
});

afterAll(async () => {
  await system.close();
});

const run = async (...args: readonly string[]): Promise<CommandResult> =>
  await reprise(args, { env: operatorEnv(system.gatewayUrl) });

/** As an operator at a terminal, who answers what is asked. */
const runAsPerson = async (answer: string, ...args: readonly string[]): Promise<CommandResult> =>
  await reprise(args, { env: operatorEnv(system.gatewayUrl), answer });

const failed = async (...outcomes: readonly string[]): Promise<string> =>
  await failedCharge(
    system,
    outcomes.map((decline) => ({ decline })),
    { createdAt: new Date(Date.now() - 61 * DAY_MS).toISOString() },
  );

const succeeded = async (id: string): Promise<number> =>
  (await system.sandbox.control.ledgerOf(id)).succeeded;

type Shown = {
  readonly subscription_id: string;
  readonly state: string;
  readonly attention: readonly {
    readonly cause: string;
    readonly text: string;
    readonly advice: string;
  }[];
  readonly actions: readonly {
    readonly action: string;
    readonly applies: boolean;
    readonly effect: string;
  }[];
  readonly timeline: readonly { readonly what: string }[];
};

async function askApi<T>(path: string, body?: object): Promise<T> {
  const answer = await callApi(system.gatewayUrl, `/v1/recoveries${path}`, { body });
  expect(answer.status).toBe(200);
  return answer.body as T;
}

describe("an operator by the API alone", () => {
  test("finds the recovery that needs a person, learns why, does what is advised, and sees it change", async () => {
    const id = await failed("INVALID_AMOUNT");
    await system.untilState(id, "needs_attention");
    const listed = async (): Promise<boolean> => {
      const { recoveries } = await askApi<{ readonly recoveries: readonly Shown[] }>(
        "?state=needs_attention",
      );
      return recoveries.some((row) => row.subscription_id === id);
    };
    await until(listed, { what: `${id} in the list` });

    const shown = await askApi<Shown>(`/${id}`);
    expect(shown.state).toBe("needs_attention");
    const [question] = shown.attention;
    expect(question).toMatchObject({
      cause: "merchant_code",
      text: expect.stringContaining("declined for a reason on the merchant's side") as unknown,
      advice: expect.stringMatching(/^Look up the decline code .* then resume\.$/) as unknown,
    });
    const resume = shown.actions.find(({ action }) => action === "resume");
    expect(resume).toEqual({
      action: "resume",
      applies: true,
      effect: "answers the open question (merchant_code), and the recovery continues",
    });

    const acted = await askApi<Shown>(`/${id}/resume`, { note: "account mended" });
    expect(acted).toMatchObject({ state: "waiting", attention: [] });
    const after = await askApi<Shown>(`/${id}`);
    expect(after).toMatchObject({ state: "waiting", attention: [] });
    expect(JSON.stringify(after.timeline)).toContain("resume by anna: account mended");
    await until(async () => !(await listed()), { what: `the list without ${id}` });
  });
});

describe("an operator on the command line", () => {
  test("finds the recovery that needs a person, learns why, does what is advised, and sees it change", async () => {
    const id = await failed("INVALID_AMOUNT");
    await system.untilState(id, "needs_attention");
    const listed = await until(
      async () => {
        const result = await run("list", "--state", "needs_attention");
        return result.out.includes(id) ? result : null;
      },
      { what: `${id} in the list` },
    );
    expect(listed).toMatchObject({ code: 0, err: "" });
    const row = listed.out.split("\n").find((line) => line.startsWith(id)) ?? "";
    expect(row.split(/ {2,}/)).toEqual([
      id,
      "needs_attention",
      "USD 29.00",
      "INVALID_AMOUNT",
      "–",
      expect.stringMatching(/^cus_/),
    ]);

    const shown = await run("show", id);
    expect(shown).toMatchObject({ code: 0, err: "" });
    expect(shown.out).toContain(`${id}  needs attention`);
    expect(shown.out).toContain("Needs attention: merchant_code, since ");
    expect(shown.out).toContain("declined for a reason on the merchant's side");
    expect(shown.out).toContain("What to do: Look up the decline code");
    // The command that the answer names, as a person copies it.
    const [, advised = ""] = /^ {4}reprise (resume .+)$/m.exec(shown.out) ?? [];
    expect(advised).toBe(`resume ${id}`);

    const acted = await run(...advised.split(" "), "--note", "account mended");
    expect(acted).toMatchObject({ code: 0, err: "" });
    expect(acted.out).not.toContain("Needs attention");
    const { out: after } = await run("show", id, "--all");
    expect(after).not.toContain("needs attention");
    expect(after).toContain("resume by anna: account mended");
  });

  test("pauses, is refused a second pause, resumes, and writes off with one yes", async () => {
    const id = await failed("INSUFFICIENT_FUNDS");
    expect((await run("pause", id, "--note", "asked for time")).out).toMatch(/^Paused\.\n/);
    expect(await run("pause", id)).toMatchObject({
      code: 1,
      out: "",
      err: "reprise: the recovery is already paused\n",
    });
    expect((await run("resume", id)).out).toContain(`${id}  waiting`);
    const silent = await run("write-off", id);
    expect(silent).toMatchObject({ code: 2, out: "" });
    expect(silent.err).toContain("Add --yes");
    const declined = await runAsPerson("n", "write-off", id);
    expect(declined).toMatchObject({ code: 1, out: "" });
    expect(declined.err).toContain("owes USD 29.00. This writes the debt off");
    expect(declined.err).toContain("Nothing was done.");
    expect((await run("show", id)).out).toContain(`${id}  waiting`);
    const written = await runAsPerson("y", "write-off", id, "--note", "bankrupt");
    expect(written).toMatchObject({ code: 0 });
    expect(written.out).toContain(`${id}  written off`);
    await system.handle(id).result();
    const late = await run("pause", id);
    expect(late.code).toBe(1);
    expect(late.err).toContain("the last one has ended");
  });

  test("sends an unknown charge again only after confirming that Dodo does not have it", async () => {
    const id = await failed("INSUFFICIENT_FUNDS");
    await system.sandbox.control.addFault({
      kind: "drop_before",
      method: "POST",
      route: "/subscriptions/:id/charge",
      subscriptionId: id,
    });
    expect((await run("retry", id)).code).toBe(0);
    await until(async () => (await run("show", id)).out.includes("outcome unknown"), {
      what: "the fence",
    });
    expect((await run("show", id)).out).toContain(`reprise retry ${id} --confirmed-absent`);
    const refused = await run("retry", id);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/In the way: attempt pay_\w+\.2, no payment known/);
    expect((await run("retry", id, "--confirmed-absent")).code).toBe(2);
    await system.sandbox.control.clearFaults();
    const asked = await runAsPerson("yes", "retry", id, "--confirmed-absent");
    expect(asked.code).toBe(0);
    expect(asked.err).toContain("If it is wrong, the customer pays twice.");
    await until(async () => (await succeeded(id)) === 1, { what: "the payment" });
  });

  test("marks as paid what was paid elsewhere, and is asked nothing with --yes", async () => {
    const id = await failed("EXPIRED_CARD");
    const paid = await run("mark-paid", id, "--note", "bank transfer", "--yes", "--json");
    expect(paid.code).toBe(0);
    expect(JSON.parse(paid.out)).toMatchObject({ subscription_id: id });
    await system.handle(id).result();
    expect((await run("show", id)).out).toContain("recovered by anna, USD 29.00");
  });

  test("charges once under a key, however often the command is repeated", async () => {
    const { subscriptionId: id } = await system.sandbox.control.createSubscription({
      onDemand: true,
    });
    const charge = ["charge", id, "--amount", "1500", "--idempotency-key", "invoice-7"];
    expect((await run(...charge)).code).toBe(2);
    const asked = await runAsPerson("y", ...charge, "--currency", "USD", "--metadata", "a=b=c");
    expect(asked.err).toContain(`This charges ${id} USD 15.00.`);
    expect(asked.code).toBe(0);
    expect(asked.out).toContain(`Follow it: reprise show ${id}`);
    const other = await run(...charge, "--yes");
    expect(other.code).toBe(1);
    expect(other.err).toContain("another");
    await until(async () => (await succeeded(id)) === 1, { what: "the payment" });
    const again = await run(...charge, "--currency", "USD", "--metadata", "a=b=c", "--yes");
    expect(again).toMatchObject({ code: 0, out: asked.out });
    const { payments } = await system.sandbox.control.ledgerOf(id);
    expect(payments).toMatchObject([{ totalMinor: 1_500 }]);
  });

  test("stops all charging with a reason, sees who did, and resumes", async () => {
    expect((await run("charging", "stop", "--reason", "bank down")).code).toBe(2);
    const stopped = await run("charging", "stop", "--reason", "bank down", "--yes");
    expect(stopped.out).toMatch(/^Charging is stopped since .*: anna: bank down\n/);
    expect((await run("charging", "status")).out).toBe(stopped.out);
    const id = await failed("INSUFFICIENT_FUNDS");
    const waits = "All charges are stopped, so this one waits: reprise charging status.\n";
    expect((await run("retry", id)).err).toBe(waits);
    expect((await run("show", id)).err).toBe(waits);
    expect((await run("charging", "resume")).out).toMatch(/^Charging runs/);
    await until(async () => (await succeeded(id)) === 1, { what: "the payment that waited" });
    expect((await run("show", id)).err).toBe("");
  });

  test("gets the same proof from the operator API and from Temporal", async () => {
    const id = await failed("INSUFFICIENT_FUNDS");
    await system.runToEnd(id);
    const byApi = await run("proof", id);
    expect(byApi.code).toBe(0);
    expect(byApi.out).toContain("owed USD 29.00, collected USD 29.00 in 1 payment");
    const env = {
      TEMPORAL_ADDRESS: inject("temporalAddress"),
      TEMPORAL_NAMESPACE: inject("temporalNamespace"),
      TEMPORAL_TASK_QUEUE: system.taskQueue,
    };
    expect((await reprise(["proof", id], { env })).out).toBe(byApi.out);
    // Somebody collects it once more.
    const { debts } = JSON.parse((await run("proof", id, "--json")).out) as {
      debts: { debt_id: string }[];
    };
    await system.sandbox.control.charge(id, {
      metadata: { recovery_attempt: `${debts[0]?.debt_id}.7` },
      outcome: "succeed",
    });
    await until(async () => (await succeeded(id)) === 2, { what: "a second success" });
    const differing = await reprise(["proof", id], { env });
    expect(differing.code).toBe(1);
    expect(differing.out).toContain("NOT PROVEN:");
  });
});
