import { FerryError } from "../../errors.ts";
import type { Reference } from "../../reference/reference.ts";
import type { CallOptions, RateLimit } from "../transport.ts";
import type { RegistryContext } from "./context.ts";
import { headManifestAnswer } from "./manifest.ts";
import { manifestTarget } from "./manifest_request.ts";

/** Rate limit as told with a manifest's HEAD. */
export async function rateLimit(
  context: RegistryContext,
  reference: Reference,
  options: CallOptions,
): Promise<RateLimit> {
  const answer = await headManifestAnswer(context, reference, options);
  if (answer === undefined) {
    throw new FerryError("MANIFEST_UNKNOWN", `Manifest ${manifestTarget(reference)} does not exist`, {
      target: manifestTarget(reference),
    });
  }
  return parseRateLimit(answer.headers);
}

/** Reads RateLimit headers as registries send them: `RateLimit-Limit: 100;w=21600`, `RateLimit-Remaining: 64;w=21600`. */
export function parseRateLimit(headers: Headers): RateLimit {
  const number = (text: string | undefined) => /^\d{1,15}$/.test(text?.trim() ?? "") ? Number(text) : undefined;
  const [first, ...policies] = (headers.get("ratelimit-limit") ?? "").split(",").map((item) => item.trim());
  const remain = number(headers.get("ratelimit-remaining")?.split(";", 1)[0]);
  return {
    remain: remain ?? 0,
    limit: number(first?.split(";", 1)[0]) ?? 0,
    reset: number(headers.get("ratelimit-reset")?.split(";", 1)[0]) ?? 0,
    set: remain !== undefined,
    policies: [...(first?.includes(";") ? [first] : []), ...policies].filter((policy) => policy !== ""),
  };
}
