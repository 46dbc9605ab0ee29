import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { createProgram } from "../../cli/program.ts";
import { createRunner } from "../../cli/commands/runner.ts";
import { EXIT } from "../../cli/run/failure.ts";
import { policyFileOf } from "../../cli/text/policy-text.ts";
import { parsePolicy } from "../../config/policy.ts";
import { VARIABLES } from "../../config/variables.ts";
import { METRICS } from "../../domain/metrics/catalogue.ts";
import { ATTEMPT_RESULTS, NOTICE_RESULTS } from "../../domain/metrics/label-values.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { RESERVED_METADATA_KEYS } from "../../domain/requested-charge/requested-charge.ts";
import { PUBLICATION_TYPES } from "../../domain/state/publication.ts";
import { parsePaymentId, parseSubscriptionId } from "../../domain/values/ids.ts";
import { EXPORT_COLUMNS } from "../../ledger/export/columns.ts";
import { ACTIONS } from "../../server/api/recoveries/recovery-view.ts";
import * as contract from "../../workflows/contract.ts";
import * as workflows from "../../workflows/index.ts";
import { stubbedGateway } from "../server/stubbed-gateway.ts";
import { SILENT_SHELL } from "../support/command-line.ts";
import { commandsUnder } from "../support/command-tree.ts";
import { ROOT } from "../support/documents.ts";
import { OPERATOR_KEYS } from "../support/system/gateway.ts";
import * as fixed from "./fixed-names.ts";

const program = createProgram(SILENT_SHELL, createRunner(SILENT_SHELL), "0.0.0");

describe("the fixed names of the command line", () => {
  test("are commands, with the options of a fixed form", () => {
    const options = new Map(
      commandsUnder(program).map(([words, command]) => [
        words.join(" "),
        command.options.map(({ long }) => long),
      ]),
    );
    for (const [name, names] of Object.entries(fixed.COMMANDS)) {
      expect(options.get(name), name).toEqual(expect.arrayContaining([...names]));
    }
    expect(program.options.map(({ long }) => long)).toContain("--json");
  });

  test("are exit codes, and scripts of package.json, with `reprise` as its program", () => {
    expect(EXIT).toMatchObject(fixed.EXIT_CODES);
    const { scripts, bin } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      readonly scripts: Readonly<Record<string, string>>;
      readonly bin: Readonly<Record<string, string>>;
    };
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining([...fixed.SCRIPTS]));
    expect(bin).toEqual({ reprise: "dist/cli/main.js" });
  });
});

describe("the fixed names of the configuration", () => {
  test.each(Object.entries(fixed.VARIABLES))(
    "have the variable %s with its readers and its default",
    (name, [readBy, fallback]) => {
      const variable = VARIABLES.find((one) => one.name === name);
      expect(variable?.readBy).toEqual(expect.arrayContaining([...readBy]));
      expect(variable?.required === true ? "required" : variable?.fallback).toBe(fallback);
    },
  );

  test("are the keys of the built-in policy, with its values", () => {
    expect(parsePolicy(fixed.POLICY)).toEqual({ kind: "policy", policy: DEFAULT_POLICY });
    const written = policyFileOf(DEFAULT_POLICY) as Readonly<Record<string, unknown>>;
    for (const [key, value] of Object.entries(parse(fixed.POLICY) as object)) {
      expect(Object.keys(written)).toContain(key);
      const isSection = typeof value === "object" && value !== null && !Array.isArray(value);
      if (isSection)
        expect(Object.keys(written[key] as object)).toEqual(
          expect.arrayContaining(Object.keys(value as object)),
        );
    }
  });
});

test("the fixed routes are routes of the gateway, and the fixed actions are its actions", async () => {
  const { app } = stubbedGateway({ operatorKeys: OPERATOR_KEYS });
  await app.ready();
  const routes = [...app.routeTable.routes].flatMap(([path, methods]) =>
    [...methods].map((method) => `${method} ${path}`),
  );
  expect(fixed.ROUTES.filter((route) => !routes.includes(route))).toEqual([]);
  expect(Object.keys(ACTIONS)).toEqual(expect.arrayContaining([...fixed.ACTIONS]));
  await app.close();
});

describe("the fixed names in Temporal", () => {
  test("are workflows, messages and search attributes", () => {
    expect(Object.keys(workflows)).toEqual(expect.arrayContaining([...fixed.WORKFLOWS]));
    expect(contract.RECOVERY_EVENT_SIGNAL).toBe(fixed.SIGNAL);
    expect(contract.RECOVERY_QUERY).toBe(fixed.QUERY);
    expect(Object.values(contract.UPDATES)).toEqual(expect.arrayContaining([...fixed.UPDATES]));
    const attributes = Object.values(contract.SEARCH_ATTRIBUTES).map(({ name, type }) => [
      name,
      type,
    ]);
    expect(Object.fromEntries(attributes)).toMatchObject(fixed.SEARCH_ATTRIBUTES);
    expect(RESERVED_METADATA_KEYS).toEqual(expect.arrayContaining([...fixed.CHARGE_METADATA]));
  });

  test("are ids as they are made", () => {
    const subscriptionId = parseSubscriptionId("sub_1");
    const paymentId = parsePaymentId("pay_1");
    if (subscriptionId === null || paymentId === null) throw new Error("not ids");
    const report = { alert: { cause: "overcharged" } } as never;
    expect({
      recovery: contract.workflowIdOf(subscriptionId),
      checkout: contract.checkoutStartOf(paymentId).workflowId,
      delivery: contract.deliveryStartOf(subscriptionId, []).workflowId,
      alerts: contract.operatorAlertsStartOf("reprise", report).workflowId,
      schedule: contract.SWEEP_SCHEDULE,
      charges: contract.chargeQueueOf("reprise"),
      dodo: contract.dodoQueueOf("reprise"),
    }).toEqual(fixed.IDS);
  });
});

describe("the fixed names of what Reprise tells others", () => {
  test("are types of outgoing webhooks, and columns of the export in their order", () => {
    expect(PUBLICATION_TYPES).toEqual(expect.arrayContaining([...fixed.OUTGOING_WEBHOOKS]));
    expect(EXPORT_COLUMNS.slice(0, fixed.EXPORT_COLUMNS.length)).toEqual(fixed.EXPORT_COLUMNS);
  });

  test.each(Object.entries(fixed.METRICS))("have the metric %s with its labels", (name, labels) => {
    expect(METRICS[name as keyof typeof METRICS].labels).toEqual(labels);
  });

  test("have the results of attempts and of notices", () => {
    expect(ATTEMPT_RESULTS).toEqual(expect.arrayContaining([...fixed.ATTEMPT_RESULTS]));
    expect(NOTICE_RESULTS).toEqual(expect.arrayContaining([...fixed.NOTICE_RESULTS]));
  });
});
