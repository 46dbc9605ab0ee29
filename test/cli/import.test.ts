import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { idsIn } from "../../cli/commands/import.ts";
import { IMPORT_MAX } from "../../domain/import/import.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { type CommandResult, operatorEnv, reprise } from "../support/command-line.ts";
import { differencesFromSchema } from "../support/json-schema.ts";
import { callApi } from "../support/merchant/api.ts";
import { failBefore } from "../support/merchant/imports.ts";
import { startTestSystem, type TestSystem } from "../support/system/test-system.ts";
import { until } from "../support/until.ts";

let system: TestSystem;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "reprise-import-ids-"));
  system = await startTestSystem({
    settings: { webhookUrl: null },
    policy: { ...DEFAULT_POLICY, openingRereadMs: 200 },
  });
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await system.close();
});

const run = async (...args: readonly string[]): Promise<CommandResult> =>
  await reprise(["import", ...args], { env: operatorEnv(system.gatewayUrl) });

async function failed(daysAgo: number): Promise<string> {
  const id = await failBefore(system, "ada@example.com", daysAgo);
  await until(async () => (await system.sandbox.control.ledgerOf(id)).open === 0, {
    what: `the end of ${id}`,
  });
  return id;
}

function fileOf(...lines: readonly string[]): string {
  const path = join(folder, "ids.txt");
  writeFileSync(path, lines.join("\n"));
  return path;
}

const isOpen = async (id: string): Promise<boolean> =>
  await system
    .handle(id)
    .describe()
    .then(
      () => true,
      () => false,
    );

describe("reprise import", () => {
  test("shows in a dry run what it would open and what follows, opens it with --confirm, and none again", async () => {
    const [young, old] = [await failed(2), await failed(40)];
    const file = fileOf("subscription_id,customer", `${young},cus_1`, "", old, `${old} # twice`);
    const dry = await run(file);
    expect(dry.code).toBe(0);
    const rowOf = (id: string): readonly string[] =>
      (dry.out.split("\n").find((line) => line.startsWith(id)) ?? "").split(/ {2,}/);
    expect(rowOf(young)).toEqual([
      young,
      "USD 29.00",
      "2 d",
      "INSUFFICIENT_FUNDS",
      expect.stringMatching(/^mail .+, charge .+$/),
    ]);
    expect(rowOf(old)).toEqual([
      old,
      "USD 29.00",
      "40 d",
      "INSUFFICIENT_FUNDS",
      expect.stringMatching(/^mail (?!.*charge)/),
    ]);
    expect(dry.out).toContain("2 of 2 would be opened: USD 58.00.");
    expect(dry.out).toContain("Nothing was opened.");
    expect(dry.err).toMatch(/^Import import-[0-9a-f-]{36}\n/);
    expect([await isOpen(young), await isOpen(old)]).toEqual([false, false]);

    const silent = await run(file, "--confirm");
    expect(silent).toMatchObject({ code: 2, out: "" });
    expect(silent.err).toContain("Add --yes");
    const real = await run(file, "--confirm", "--yes");
    expect(real.code).toBe(0);
    expect(real.out).toContain("2 of 2 opened: USD 58.00.");
    expect([await isOpen(young), await isOpen(old)]).toEqual([true, true]);
    const again = await run(file, "--confirm", "--yes");
    expect(again.out).toContain("0 of 2 opened.");
    expect(again.out).toContain("Left out: 2 recovery open.");

    const { out: shown } = await reprise(["show", young], {
      env: operatorEnv(system.gatewayUrl),
    });
    expect(shown).toMatch(/imported .*, by anna\n/);
  });

  test("from Dodo takes all on hold, and prints JSON as docs/schemas/import.json says", async () => {
    const id = await failed(3);
    const { code, out } = await run("--from-dodo", "--json", "--retry");
    expect(code).toBe(0);
    expect(differencesFromSchema("import", out)).toEqual([]);
    const table = JSON.parse(out) as { readonly rows: readonly object[] };
    expect(table).toMatchObject({ from_dodo: true, dry_run: true, retry: true, by: "anna" });
    expect(table.rows).toContainEqual(expect.objectContaining({ subscription_id: id }));
    const importId = String((table as unknown as { readonly import_id: string }).import_id);
    const followed = await run("--follow", importId, "--json");
    expect(JSON.parse(followed.out)).toEqual(table);
  });

  test("without the API asks Temporal, and records that nobody checked the name", async () => {
    const id = await failed(2);
    const env = {
      TEMPORAL_ADDRESS: inject("temporalAddress"),
      TEMPORAL_TASK_QUEUE: system.taskQueue,
    };
    const args = ["import", "-", "--confirm", "--yes", "--as", "Berta"];
    const { code, out } = await reprise(args, { env, stdin: `${id}\n` });
    expect(code).toBe(0);
    expect(out).toContain("1 of 1 opened");
    const imported = await until(async () => (await system.readView(id)).recovery.imported, {
      what: "the import in the recovery",
    });
    expect(imported).toMatchObject({ by: "Berta", isVerified: false });
    const { body } = await callApi(system.gatewayUrl, `/v1/recoveries/${id}`);
    expect(body["imported"]).toMatchObject({ by: "Berta", verified: false });
  });

  test("refuses no source, two sources, a malformed line, an unknown import, and to run without a key", async () => {
    expect((await run()).code).toBe(2);
    expect((await run("ids.txt", "--from-dodo")).code).toBe(2);
    expect((await run(join(folder, "none.txt"))).err).toContain("Cannot read");
    expect((await run(fileOf("sub_1", "süb_2"))).err).toContain("Line 2 has no subscription");
    expect((await run(fileOf(""))).err).toContain("no subscription id");
    expect((await run("--from-dodo", "--as", " ")).code).toBe(2);
    const unknown = await run("--follow", "import-00000000-0000-0000-0000-000000000000");
    expect(unknown).toMatchObject({ code: 1 });
    expect((await reprise(["import", "--from-dodo"])).code).toBe(78);
  });

  test("reads the first field of each line, and takes as many as an import does", () => {
    expect(idsIn('subscription_id;name\n"sub_1";"Ada"\r\nsub_2\t# two\n\nsub_1\n')).toEqual([
      "sub_1",
      "sub_2",
    ]);
    const many = Array.from({ length: IMPORT_MAX + 1 }, (_one, at) => `sub_${at}`).join("\n");
    expect(() => idsIn(many)).toThrow(`an import takes ${IMPORT_MAX}`);
  });
});

describe("POST /v1/imports", () => {
  test.each([
    [{}, "either subscription_ids or from_dodo"],
    [{ subscription_ids: ["sub_1"], from_dodo: true }, "either subscription_ids or from_dodo"],
    [{ subscription_ids: [] }, "subscription_ids"],
    [{ subscription_ids: ["not an id"] }, "subscription_ids"],
    [{ from_dodo: true, dryRun: false }, "dryRun"],
  ])("refuses %j with 422", async (body, says) => {
    const answer = await callApi(system.gatewayUrl, "/v1/imports", { body });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain(says);
  });

  test("takes as many ids as an import does, and is a dry run unless it says otherwise", async () => {
    const ids = Array.from({ length: IMPORT_MAX }, (_one, at) => `sub_${"x".repeat(40)}${at}`);
    const answer = await callApi(system.gatewayUrl, "/v1/imports", {
      body: { subscription_ids: ids },
    });
    expect(answer.status).toBe(202);
    const id = String(answer.body["import_id"]);
    const shown = await until(
      async () => {
        const { status, body } = await callApi(system.gatewayUrl, `/v1/imports/${id}`);
        return status === 200 ? body : null;
      },
      { what: id },
    );
    expect(shown).toMatchObject({ dry_run: true, total: IMPORT_MAX, state: "running" });
    await system.client.workflow.getHandle(id).cancel();
    const stopped = await until(
      async () => {
        const { body } = await callApi(system.gatewayUrl, `/v1/imports/${id}`);
        return body["state"] === "running" ? null : body;
      },
      { what: `the end of ${id}` },
    );
    expect(stopped).toMatchObject({ state: "stopped", opens: 0 });
  });
});
