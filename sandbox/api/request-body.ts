import { z } from "zod";
import { invalidBody } from "../model/errors.ts";

/** @source docs/dodo/charging.md, "Metadata" */
export const metadataSchema = z
  .record(
    z.string().regex(/^[A-Za-z0-9_-]{1,40}$/),
    z.union([z.string().max(500), z.number(), z.boolean()]),
  )
  .refine((metadata) => Object.keys(metadata).length <= 50, "at most 50 pairs");

/** @throws ApiError `INVALID_REQUEST_BODY` */
export function parseBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw invalidBody(z.prettifyError(parsed.error));
}
