import type { FastifyDynamicSwaggerOptions, SwaggerTransformObject } from "@fastify/swagger";
import type { FastifySwaggerUiOptions } from "@fastify/swagger-ui";
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
} from "fastify-type-provider-zod";
import { STATUS_CODES } from "node:http";

// What `/v1/openapi.json` and `/docs` show, beside what the routes say of themselves.

/** Nothing but the gateway itself: the page works without the internet. Its scripts set styles by themselves. */
const DOCS_CSP = [
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
  "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
].join("; ");

const OPENAPI = {
  openapi: "3.1.0",
  info: {
    title: "Reprise",
    description:
      "Recoveries of failed subscription payments, for operators and the merchant's own systems.",
    version: "1",
  },
  components: { securitySchemes: { key: { type: "http", scheme: "bearer" } } },
  security: [{ key: [] }],
} as const;

const zodToJsonConfig: Parameters<typeof createJsonSchemaTransform>[0]["zodToJsonConfig"] = {
  // How far JavaScript counts is no limit of the API's.
  override: ({ jsonSchema }) => {
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    // The format says it, and examples are not made up from a pattern.
    if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  },
};

const withSchemas = createJsonSchemaTransformObject({ zodToJsonConfig });

/** Schemas that nothing refers to are left out, and an answer that says nothing of itself says what its status is. */
const tidied: SwaggerTransformObject = (document) => {
  const described = withSchemas(document) as Described;
  const text = JSON.stringify(described);
  const { schemas = {}, ...components } = described.components;
  const used = Object.entries(schemas).filter(([name]) =>
    text.includes(`"#/components/schemas/${name}"`),
  );
  for (const operation of Object.values(described.paths).flatMap((path) => Object.values(path))) {
    for (const [status, response] of Object.entries(operation.responses)) {
      if (response.description === "Default Response")
        response.description = STATUS_CODES[Number(status)] ?? "";
    }
  }
  return {
    ...described,
    components: { ...components, schemas: Object.fromEntries(used) },
  } as never;
};

type Described = {
  readonly components: { readonly schemas?: Readonly<Record<string, unknown>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

type Operation = { readonly responses: Readonly<Record<string, { description: string }>> };

export const DESCRIPTION: FastifyDynamicSwaggerOptions = {
  openapi: { ...OPENAPI, security: [...OPENAPI.security] } as never,
  transform: createJsonSchemaTransform({ zodToJsonConfig }) as never,
  transformObject: tidied,
};

export const DOCS_PAGE: FastifySwaggerUiOptions = {
  routePrefix: "/docs",
  staticCSP: DOCS_CSP,
  logLevel: "silent",
  theme: { title: "Reprise: the operator API" },
  // Without the bar that asks for another description's address.
  uiConfig: { validatorUrl: null, layout: "BaseLayout", defaultModelsExpandDepth: 0 },
};
