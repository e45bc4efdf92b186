import type { Reference } from "../../reference/reference.ts";
import type { CallOptions } from "../transport.ts";
import type { RegistryContext } from "./context.ts";

/** Asks whether the registry speaks the API (distribution-spec, "Determining Support"). */
export async function ping(context: RegistryContext, reference: Reference, options: CallOptions): Promise<void> {
  const answer = await context.http.send({
    registry: reference.registry,
    repository: "",
    method: "GET",
    path: "",
    accept: [200],
    actions: [],
    asked: "other",
    what: `registry ${reference.registry}`,
    tries: 2,
    signal: options.signal,
  });
  await answer.discard();
}
