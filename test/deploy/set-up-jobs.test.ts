import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { execFile, execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  accessSync,
  constants,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { freePort } from "../../dev/temporal/ports.ts";
import { SEARCH_ATTRIBUTES } from "../../dev/temporal/server.ts";
import { connectTemporal } from "../support/temporal/connection.ts";

/** The scripts that the containers run once, run here against the dev server. */
const deploy = fileURLToPath(new URL("../../deploy", import.meta.url));
const SCRIPTS = ["namespace.sh", "schema.sh", "search-attributes.sh"];
const DAY_S = 86_400;

type Outcome = { readonly code: number; readonly said: string };

let tools: string;
let environment: TestWorkflowEnvironment;

beforeAll(async () => {
  environment = await connectTemporal();
  tools = mkdtempSync(join(tmpdir(), "reprise-tools-"));
  symlinkSync(inject("temporalCliPath"), join(tools, "temporal"));
});

afterAll(async () => {
  await environment.teardown();
  rmSync(tools, { recursive: true, force: true });
});

/** With the environment that a container has, and nothing of this machine's. */
async function run(script: string, variables: Readonly<Record<string, string>>): Promise<Outcome> {
  const env = { PATH: `${tools}:/usr/bin:/bin`, HOME: tools, ...variables };
  return await new Promise((resolve) => {
    execFile("sh", [join(deploy, script)], { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), said: stdout + stderr });
    });
  });
}

const on = (namespace: string, address = inject("temporalAddress")): Record<string, string> => ({
  TEMPORAL_ADDRESS: address,
  TEMPORAL_NAMESPACE: namespace,
  WAIT_SECONDS: "20",
});

const newNamespace = (): string => `deploy-${randomUUID()}`;

async function retentionSecondsOf(namespace: string): Promise<number> {
  const { config } = await environment.connection.workflowService.describeNamespace({ namespace });
  return Number(config?.workflowExecutionRetentionTtl?.seconds);
}

function operator(...args: readonly string[]): void {
  const address = ["--address", inject("temporalAddress")];
  execFileSync(inject("temporalCliPath"), ["operator", ...args, ...address], { stdio: "pipe" });
}

describe("every set-up script", () => {
  test("can be executed, is a shell script without fault, and stops at the first error", () => {
    expect(readdirSync(deploy).filter((name) => name.endsWith(".sh"))).toEqual(SCRIPTS);
    for (const name of SCRIPTS) {
      accessSync(join(deploy, name), constants.X_OK);
      execFileSync("sh", ["-n", join(deploy, name)]);
      expect(readFileSync(join(deploy, name), "utf8"), name).toMatch(
        /^#!\/bin\/sh\n(#.*\n)+set -eu\n/,
      );
    }
  });

  test("names what is missing in its environment", async () => {
    for (const name of SCRIPTS) {
      const { code, said } = await run(name, {});
      expect(code, name).not.toBe(0);
      expect(said, name).toMatch(/SQL_HOST|TEMPORAL_ADDRESS/);
    }
  });
});

describe("the namespace job", () => {
  test("makes the namespace with 60 days of retention, and can be run again", async () => {
    const namespace = newNamespace();
    for (const _ of [1, 2]) {
      expect(await run("namespace.sh", on(namespace))).toEqual({
        code: 0,
        said: `namespace ${namespace} keeps what has ended for 60 days\n`,
      });
    }
    expect(await retentionSecondsOf(namespace)).toBe(60 * DAY_S);
  });

  test("lengthens a shorter retention, and leaves a longer one alone", async () => {
    for (const [given, then] of [
      [1, 60],
      [90, 90],
    ] as const) {
      const namespace = newNamespace();
      operator("namespace", "create", "--namespace", namespace, "--retention", `${given}d`);
      expect(await run("namespace.sh", on(namespace))).toMatchObject({ code: 0 });
      expect(await retentionSecondsOf(namespace)).toBe(then * DAY_S);
    }
  });

  test("gives up with the reason where no server answers", async () => {
    const address = `127.0.0.1:${await freePort("127.0.0.1")}`;
    const { code, said } = await run("namespace.sh", { ...on("any", address), WAIT_SECONDS: "0" });
    expect(code).toBe(1);
    expect(said).toContain(`namespace any at ${address}: Error:`);
  });
});

describe("the search attribute job", () => {
  test("adds every attribute of ours, and can be run again", async () => {
    const namespace = newNamespace();
    await run("namespace.sh", on(namespace));
    for (const _ of [1, 2]) {
      expect(await run("search-attributes.sh", on(namespace))).toEqual({
        code: 0,
        said: `the search attributes of ${namespace} are there\n`,
      });
    }
    const { operatorService } = environment.connection;
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    /** @source temporal/api/enums/v1/common.proto, `IndexedValueType` */
    const types = { Keyword: 2, Int: 3, Datetime: 6 };
    const expected = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, types[type]]);
    expect(customAttributes).toEqual(Object.fromEntries(expected));
  });

  test("refuses an attribute that is there with another type", async () => {
    const namespace = newNamespace();
    await run("namespace.sh", on(namespace));
    const args = ["--namespace", namespace, "--name", "AmountDue", "--type", "Keyword"];
    operator("search-attribute", "create", ...args);
    const { code, said } = await run("search-attributes.sh", on(namespace));
    expect(code).toBe(1);
    expect(said).toBe("search attribute AmountDue is of type KEYWORD, and should be Int\n");
  });

  test("gives up with the reason where there is no such namespace", async () => {
    const given = { ...on("nowhere"), WAIT_SECONDS: "0" };
    const { code, said } = await run("search-attributes.sh", given);
    expect(code).toBe(1);
    expect(said).toContain("Namespace nowhere is not found");
  });
});

/** With a stand-in for the tool, which is not on this machine; docs/CONTAINERS.md says how the real one was run. */
describe("the schema job", () => {
  const given = { SQL_HOST: "postgres", SQL_USER: "temporal", SQL_PASSWORD: "not-to-be-seen" };

  function standIn(lastLine: string): void {
    const script = `#!/bin/sh\necho "$SQL_PLUGIN $SQL_HOST:$SQL_PORT" "$@"\n${lastLine}\n`;
    writeFileSync(join(tools, "temporal-sql-tool"), script, { mode: 0o755 });
  }

  test("makes both databases and brings them up to date, with no password on a command line", async () => {
    standIn("");
    const { code, said } = await run("schema.sh", given);
    expect(code).toBe(0);
    const server = "postgres12 postgres:5432 --database";
    expect(said.split("\n")).toEqual([
      `${server} temporal create-database --defaultdb postgres`,
      `${server} temporal setup-schema --version 0.0`,
      `${server} temporal update-schema --schema-name postgresql/v12/temporal`,
      `${server} temporal_visibility create-database --defaultdb postgres`,
      `${server} temporal_visibility setup-schema --version 0.0`,
      `${server} temporal_visibility update-schema --schema-name postgresql/v12/visibility`,
      "the schema is up to date",
      "",
    ]);
  });

  test("stops where a step fails, so that Temporal is not started on half a schema", async () => {
    standIn("exit 3");
    const { code, said } = await run("schema.sh", given);
    expect(code).toBe(3);
    expect(said.trim().split("\n")).toHaveLength(1);
  });
});
