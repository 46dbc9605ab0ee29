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
import { freePort } from "../../dev/process/ports.ts";
import { SEARCH_ATTRIBUTES } from "../../dev/temporal/server.ts";
import { connectTemporal } from "../support/temporal/connection.ts";

/** The containers' set-up scripts, run against the dev server. */
const deploy = fileURLToPath(new URL("../../deploy/", import.meta.url));
const SCRIPTS = ["namespace.sh", "schema.sh", "search-attributes.sh"];
const DAY_S = 86_400;

type Outcome = { readonly code: number; readonly output: string };

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

/** Runs a script with a container's environment, without this machine's. */
async function run(script: string, variables: Readonly<Record<string, string>>): Promise<Outcome> {
  const env = { PATH: `${tools}:/usr/bin:/bin`, HOME: tools, ...variables };
  return await new Promise((resolve) => {
    execFile("sh", [join(deploy, script)], { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
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

describe("set-up scripts", () => {
  test("every set-up script is executable, valid shell, and stops at the first error", () => {
    expect(readdirSync(deploy).filter((name) => name.endsWith(".sh"))).toEqual(SCRIPTS);
    for (const name of SCRIPTS) {
      accessSync(join(deploy, name), constants.X_OK);
      execFileSync("sh", ["-n", join(deploy, name)]);
      expect(readFileSync(join(deploy, name), "utf8"), name).toMatch(
        /^#!\/bin\/sh\n(#.*\n)+set -eu\n/,
      );
    }
  });

  test("every set-up script names a missing variable", async () => {
    for (const name of SCRIPTS) {
      const { code, output } = await run(name, {});
      expect(code, name).not.toBe(0);
      expect(output, name).toMatch(/SQL_HOST|TEMPORAL_ADDRESS/);
    }
  });
});

describe("namespace job", () => {
  test("the namespace job creates the namespace with 60 days of retention, and can run again", async () => {
    const namespace = newNamespace();
    for (const _ of [1, 2]) {
      expect(await run("namespace.sh", on(namespace))).toEqual({
        code: 0,
        output: `namespace ${namespace} is ready, with a retention of 60 days\n`,
      });
    }
    expect(await retentionSecondsOf(namespace)).toBe(60 * DAY_S);
  });

  test("the namespace job extends a shorter retention and keeps a longer one", async () => {
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

  test("the namespace job fails with the reason if no server answers", async () => {
    const address = `127.0.0.1:${await freePort("127.0.0.1")}`;
    const { code, output } = await run("namespace.sh", {
      ...on("any", address),
      WAIT_SECONDS: "0",
    });
    expect(code).toBe(1);
    expect(output).toContain(`namespace any at ${address}: Error:`);
  });
});

describe("search attribute job", () => {
  test("the search attribute job adds every attribute, and can run again", async () => {
    const namespace = newNamespace();
    await run("namespace.sh", on(namespace));
    for (const _ of [1, 2]) {
      expect(await run("search-attributes.sh", on(namespace))).toEqual({
        code: 0,
        output: `the search attributes of ${namespace} are ready\n`,
      });
    }
    const { operatorService } = environment.connection;
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    /** @source github.com/temporalio/api, temporal/api/enums/v1/common.proto, `IndexedValueType` */
    const types = { Keyword: 2, Int: 3, Datetime: 6 };
    const expected = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, types[type]]);
    expect(customAttributes).toEqual(Object.fromEntries(expected));
  });

  test("the search attribute job fails if an attribute exists with another type", async () => {
    const namespace = newNamespace();
    await run("namespace.sh", on(namespace));
    const args = ["--namespace", namespace, "--name", "AmountDue", "--type", "Keyword"];
    operator("search-attribute", "create", ...args);
    const { code, output } = await run("search-attributes.sh", on(namespace));
    expect(code).toBe(1);
    expect(output).toBe("search attribute AmountDue has type KEYWORD, expected Int\n");
  });

  test("the search attribute job fails with the reason if the namespace does not exist", async () => {
    const given = { ...on("nowhere"), WAIT_SECONDS: "0" };
    const { code, output } = await run("search-attributes.sh", given);
    expect(code).toBe(1);
    expect(output).toContain("Namespace nowhere is not found");
  });
});

/** Uses a stub of the tool. docs/CONTAINERS.md says how the real one was run. */
describe("schema job", () => {
  const given = { SQL_HOST: "postgres", SQL_USER: "temporal", SQL_PASSWORD: "not-to-be-seen" };

  function stubTool(lastLine: string): void {
    const script = `#!/bin/sh\necho "$SQL_PLUGIN $SQL_HOST:$SQL_PORT" "$@"\n${lastLine}\n`;
    writeFileSync(join(tools, "temporal-sql-tool"), script, { mode: 0o755 });
  }

  test("the schema job creates and updates both databases, without a password on a command line", async () => {
    stubTool("");
    const { code, output } = await run("schema.sh", given);
    expect(code).toBe(0);
    const server = "postgres12 postgres:5432 --database";
    expect(output.split("\n")).toEqual([
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

  test("the schema job fails if a step fails, so Temporal does not start on a partial schema", async () => {
    stubTool("exit 3");
    const { code, output } = await run("schema.sh", given);
    expect(code).toBe(3);
    expect(output.trim().split("\n")).toHaveLength(1);
  });
});
