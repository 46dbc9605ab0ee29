import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import {
  hasZodFastifySchemaValidationErrors,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import type { Log } from "../../platform/log.ts";
import { TemporalUnavailableError } from "../temporal/ask-temporal.ts";
import { DESCRIPTION, DOCS_PAGE } from "./api-description.ts";
import { addChargeRoutes } from "./charges/charge-routes.ts";
import type { Charges } from "./charges/charges.ts";
import { addChargingRoutes, type ChargingDesk } from "./charges/charging-control-routes.ts";
import { addMandateRoutes } from "./mandates/mandate-routes.ts";
import type { Mandates } from "./mandates/mandates.ts";
import { type OperatorKey, operatorsBy } from "./operator-key.ts";
import { Problem, sendProblem } from "./problem.ts";
import { addProofRoutes } from "./recoveries/proof-routes.ts";
import type { Proofs } from "./recoveries/proofs.ts";
import type { OperatorDesk } from "./recoveries/recovery-client.ts";
import { addRecoveryRoutes } from "./recoveries/recovery-routes.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The name of the key that asks; empty until it is known. */
    operator: string;
  }
}

/** Where routes of `/v1` are added: schemas are zod's, and what they reject is answered. */
export type ApiScope = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export type ApiDependencies = {
  /** None = the API is off. */
  readonly operatorKeys: readonly OperatorKey[];
  readonly desk: OperatorDesk;
  readonly charges: Charges;
  readonly charging: ChargingDesk;
  readonly mandates: Mandates;
  readonly proofs: Proofs;
  readonly log: Log;
};

/** The largest body is a charge, or a mandate, with all the metadata that Dodo takes. */
const BODY_BYTES_MAX = 64 * 1_024;

/** Of one key, or of one address without a key: far above a person, and a script's own fault above it. */
const REQUESTS_PER_MINUTE = 600;

const RETRY_AFTER_S = 5;

/** The operator API under `/v1`, its description, and the page of it; nothing at all without keys. */
export function addApi(app: FastifyInstance, dependencies: ApiDependencies): void {
  if (dependencies.operatorKeys.length === 0) return;
  void app.register(async (scope) => {
    await scope.register(swagger, DESCRIPTION);
    await scope.register(swaggerUi, DOCS_PAGE);
    await scope.register(
      async (raw) => {
        const api = raw.withTypeProvider<ZodTypeProvider>();
        await guard(api, dependencies);
        api.get("/openapi.json", { schema: { hide: true }, config: { isOpen: true } }, () =>
          scope.swagger(),
        );
        addRecoveryRoutes(api, dependencies.desk);
        addProofRoutes(api, dependencies.proofs);
        addChargeRoutes(api, dependencies.charges);
        addMandateRoutes(api, dependencies.mandates);
        addChargingRoutes(api, dependencies.charging);
      },
      { prefix: "/v1" },
    );
  });
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Needs no key. */
    isOpen?: boolean;
  }
}

/** Who asks, how often, and with what: before any route. */
async function guard(api: ApiScope, { operatorKeys, log }: ApiDependencies): Promise<void> {
  const operatorOf = operatorsBy(operatorKeys);
  const nameOf = (request: FastifyRequest): string | null =>
    operatorOf(request.headers.authorization);
  api.setValidatorCompiler(validatorCompiler);
  api.setSerializerCompiler(serializerCompiler);
  api.removeAllContentTypeParsers();
  api.addContentTypeParser(
    "application/json",
    { parseAs: "string", bodyLimit: BODY_BYTES_MAX },
    (_request, text, done) => {
      if (text === "") return done(null, undefined);
      try {
        return done(null, JSON.parse(String(text)));
      } catch {
        return done(new Problem(400, "malformed_json", "the body is not JSON"));
      }
    },
  );
  api.setErrorHandler(async (error, _request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) log.error({ event: "api_request_failed", err: error });
    return await sendProblem(reply, problem);
  });
  await api.register(rateLimit, {
    max: REQUESTS_PER_MINUTE,
    timeWindow: 60_000,
    keyGenerator: (request) => nameOf(request) ?? `address ${request.ip}`,
    errorResponseBuilder: (_request, { ttl }) =>
      new Problem(429, "too_many_requests", `more than ${REQUESTS_PER_MINUTE} a minute`, {
        retryAfterS: Math.ceil(ttl / 1_000),
      }),
  });
  api.decorateRequest("operator", "");
  // After the limit, so that guessing is limited too, and before the body is read.
  api.addHook("preParsing", async (request) => {
    if (request.routeOptions.config.isOpen === true) return;
    const name = nameOf(request);
    if (name === null)
      throw new Problem(401, "unauthorized", "expected Authorization: Bearer <secret>");
    request.operator = name;
    await Promise.resolve();
  });
  api.setNotFoundHandler(
    { preHandler: api.rateLimit() },
    async (_request, reply) =>
      await sendProblem(reply, new Problem(404, "no_route", "there is nothing at this address")),
  );
}

/** Whatever went wrong, as a problem document; what is inside of us stays there. */
function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map(({ instancePath, message }) => ({
      path: instancePath,
      message: message ?? "invalid",
    }));
    return new Problem(422, "invalid_request", "the request is not as the API describes it", {
      errors,
    });
  }
  if (error instanceof TemporalUnavailableError) {
    const detail =
      "Temporal, or a worker, did not answer in time; what was asked may still be done";
    return new Problem(503, "unavailable", detail, { retryAfterS: RETRY_AFTER_S });
  }
  const status =
    typeof error === "object" && error !== null && "statusCode" in error ? error.statusCode : 500;
  switch (status) {
    case 413:
      return new Problem(413, "too_large", `a body has at most ${BODY_BYTES_MAX} bytes`);
    case 415:
      return new Problem(415, "unsupported_media_type", "expected application/json");
    case 400:
      return new Problem(400, "bad_request", "the request cannot be read");
    default:
      return new Problem(500, "internal_error", "something went wrong here; the log says what");
  }
}
