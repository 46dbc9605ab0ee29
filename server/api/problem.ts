import type { FastifyReply } from "fastify";
import { STATUS_CODES } from "node:http";
import { z } from "zod";
import type { InTheWay } from "../../domain/state/command.ts";
import { OwnError } from "../../domain/values/own-error.ts";

/** An error answer of the API. `code` is stable and meant for programs. @source RFC 9457 */
export class Problem extends OwnError {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: string;
  readonly fields: ProblemFields;
  constructor(status: number, code: string, detail: string, more: ProblemFields = {}) {
    super(detail);
    this.status = status;
    this.code = code;
    this.fields = more;
  }
}

export type ProblemFields = {
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  /** The attempt and payment that a 409 is about. */
  readonly inTheWay?: InTheWay;
  /** Seconds, sent as `Retry-After`. */
  readonly retryAfterS?: number;
};

const problemSchema = z
  .object({
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.int().min(400).max(599),
    code: z.string().describe("A stable identifier for programs."),
    detail: z.string().describe("An explanation for people; the text may change."),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    attempt: z
      .string()
      .nullable()
      .optional()
      .describe(
        "The key of the attempt that is in the way, as in its payment's metadata; null if it is a payment of another kind.",
      ),
    payment_id: z
      .string()
      .nullable()
      .optional()
      .describe("Dodo's payment that is in the way; null if none is known yet."),
  })
  .meta({ id: "Problem", description: "A problem document (RFC 9457, application/problem+json)." });

/** The response schema for every error status of a route. */
export const problemAnswer = {
  description: "A problem document that says what went wrong.",
  content: { "application/problem+json": { schema: problemSchema } },
} as const;

/** The document as JSON. */
export function problemBody({ status, code, message, fields }: Problem): object {
  const { errors, inTheWay } = fields;
  return {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    code,
    detail: message,
    ...(errors === undefined ? {} : { errors }),
    ...(inTheWay === undefined
      ? {}
      : { attempt: inTheWay.attempt, payment_id: inTheWay.paymentId }),
  };
}

export async function sendProblem(reply: FastifyReply, problem: Problem): Promise<FastifyReply> {
  const { status, fields } = problem;
  const { retryAfterS } = fields;
  if (retryAfterS !== undefined) void reply.header("retry-after", retryAfterS);
  if (status === 401) void reply.header("www-authenticate", 'Bearer realm="Reprise"');
  // Fastify's own serializer expects a schema per status and application/json.
  return await reply
    .code(status)
    .type("application/problem+json")
    .serializer((value: unknown) => JSON.stringify(value))
    .send(problemBody(problem));
}
