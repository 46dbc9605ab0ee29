import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chargeMetadata } from "../../activities/charge/charge-metadata.ts";
import { attemptKeyOf, debtIdOf, recoveryIdOf } from "../../domain/values/ids.ts";
import { paymentIdOf, subscriptionIdOf } from "../support/domain/ids.ts";
import { buildTestGateway, OPERATOR_KEYS } from "../support/system/gateway.ts";

type Schema = {
  readonly type?:
    "string" | "integer" | "number" | "array" | "object" | "boolean" | "null" | undefined;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
};

type Operation = {
  readonly parameters?: readonly { readonly name: string; readonly schema: Schema }[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
};

let app: FastifyInstance;
let operations: readonly (readonly [string, Operation])[];

beforeAll(async () => {
  app = buildTestGateway(null, "nowhere");
  const { paths } = (await app.inject("/v1/openapi.json")).json<{
    paths: Record<string, Record<string, Operation>>;
  }>();
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => [`${method} ${path}`, one] as const),
  );
});

afterAll(async () => {
  await app.close();
});

/** A pattern that bounds the length: from start to end, and without an open repetition. */
const isBounded = (pattern: string): boolean =>
  pattern.startsWith("^") && pattern.endsWith("$") && !/[*+](?!.*\])|\{\d+,\}/.test(pattern);

/** Each text, number, list and map below a schema that has no bound. */
function unbounded(schema: Schema, at: string): string[] {
  if (schema.enum !== undefined) return [];
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((one) => unbounded(one, at));
  switch (schema.type) {
    case "string": {
      const { pattern, maxLength } = schema;
      return maxLength !== undefined || (pattern !== undefined && isBounded(pattern)) ? [] : [at];
    }
    case "integer":
    case "number":
      return schema.maximum === undefined ? [at] : [];
    case "array":
      return [
        ...(schema.maxItems === undefined ? [at] : []),
        ...unbounded(schema.items ?? {}, `${at}[]`),
      ];
    case "object": {
      const {
        additionalProperties: others,
        properties = {},
        maxProperties,
        propertyNames,
      } = schema;
      const own = Object.entries(properties).flatMap(([name, one]) =>
        unbounded(one, `${at}.${name}`),
      );
      if (others === false) return own;
      const names =
        propertyNames === undefined ? [`${at} (names)`] : unbounded(propertyNames, `${at} (names)`);
      const values = typeof others === "object" ? unbounded(others, `${at}.*`) : [`${at}.*`];
      return [...own, ...names, ...values, ...(maxProperties === undefined ? [at] : [])];
    }
    case "boolean":
    case "null":
      return [];
    case undefined:
      return [at];
  }
}

describe("the OpenAPI document", () => {
  test("gives a bound to every text, number, list and map of every request", () => {
    const found = operations.flatMap(([name, { parameters = [], requestBody }]) => [
      ...parameters.flatMap((one) => unbounded(one.schema, `${name}: ${one.name}`)),
      ...Object.values(requestBody?.content ?? {}).flatMap(({ schema }) =>
        unbounded(schema, `${name}: body`),
      ),
    ]);
    expect(operations.length).toBeGreaterThan(8);
    expect(found).toEqual([]);
  });

  test("has the pattern of each id in a path", () => {
    const ids = operations.flatMap(([, { parameters = [] }]) =>
      parameters.filter(({ name }) => name.endsWith("_id")),
    );
    expect(ids.length).toBeGreaterThan(4);
    expect(ids.filter(({ schema }) => schema.pattern === undefined)).toEqual([]);
  });

  test("says which bodies are optional", () => {
    const required = Object.fromEntries(
      operations.flatMap(([name, { requestBody }]) =>
        requestBody === undefined ? [] : [[name, requestBody.required]],
      ),
    );
    expect(required).toEqual({
      "post /v1/recoveries/{subscription_id}/{action}": false,
      "post /v1/subscriptions/{subscription_id}/charges": true,
      "post /v1/subscriptions": true,
      "post /v1/charging/stop": true,
      "post /v1/imports": true,
    });
  });
});

describe("a metadata key named __proto__", () => {
  test.each(['"__proto__"', String.raw`"\u005f_proto__"`])(
    "is refused in a request, and not dropped: %s",
    async (key) => {
      const response = await app.inject({
        method: "POST",
        url: "/v1/subscriptions/sub_1/charges",
        headers: {
          authorization: `Bearer ${OPERATOR_KEYS[0].secret}`,
          "content-type": "application/json",
          "idempotency-key": "one",
        },
        payload: `{"amount":2900,"metadata":{${key}:"1042","a":"b"}}`,
      });
      expect(response.statusCode).toBe(400);
      expect(response.json()).toMatchObject({ code: "malformed_json" });
    },
  );

  test("is kept where Dodo has it, in the metadata of a charge", () => {
    const debtId = debtIdOf(paymentIdOf("pay_1"));
    const merchants = JSON.parse('{"__proto__":"1042","a":"b"}') as Record<string, string>;
    const own = {
      recoveryId: recoveryIdOf(subscriptionIdOf("sub_1")),
      key: attemptKeyOf(debtId, 2),
      number: 2,
    };
    expect(JSON.stringify(chargeMetadata(merchants, own))).toContain('"__proto__":"1042"');
  });
});
