import {
  type CommandResult,
  type Context,
  FerryError,
  formatReference,
  type InputOf,
  type RateLimit,
  structData,
} from "../../src/mod.ts";
import type { ratelimit } from "./specs.ts";

/** A layout has no limit: nothing was said. */
const NOT_SET: RateLimit = { remain: 0, limit: 0, reset: 0, set: false, policies: [] };

/** Handler of `image ratelimit`. */
export default async function show(
  context: Context,
  { args }: InputOf<typeof ratelimit>,
): Promise<CommandResult> {
  const { signal } = context;
  const limit = args.image.scheme === "ocidir"
    ? await layoutLimit(context, args)
    : await (await context.registry()).rateLimit(args.image, { signal });
  const fields = {
    Remain: limit.remain,
    Limit: limit.limit,
    Reset: limit.reset,
    Set: limit.set,
    Policies: limit.policies.length === 0 ? null : limit.policies,
  };
  return {
    text: () => `${JSON.stringify(fields, null, 2)}\n`,
    data: () =>
      structData({ type: "types.RateLimit", fields: { ...fields, Policies: limit.policies }, json: () => fields }),
  };
}

async function layoutLimit(context: Context, { image }: InputOf<typeof ratelimit>["args"]): Promise<RateLimit> {
  const transport = await context.transport(image);
  if (await transport.headManifest(image, { signal: context.signal }) !== undefined) return NOT_SET;
  throw new FerryError("MANIFEST_UNKNOWN", `Manifest "${formatReference(image)}" does not exist`);
}
