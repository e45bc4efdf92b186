import { type CommandResult, type Context, FerryError, type HostEntry, type InputOf } from "../../src/mod.ts";
import { checkReachable, DEFAULT_REGISTRY } from "./check.ts";
import type { set } from "./set_spec.ts";

type Flags = InputOf<typeof set>["flags"];

/** Handler of `registry set`. */
export default async function change(context: Context, { args, flags }: InputOf<typeof set>): Promise<CommandResult> {
  const registry = args.registry ?? DEFAULT_REGISTRY;
  const changes = hostChanges(flags);
  const config = await context.config();
  await config.update((file) => ({
    ...file,
    hosts: { ...file.hosts, [registry]: withChanges(file.hosts?.[registry] ?? {}, changes) },
  }));
  if (flags["skip-check"] !== true) await checkReachable(context, registry);
  return {};
}

/**
 * What the flags change of a HOST object; undefined takes a setting away.
 *
 * @throws {FerryError} FLAG_INVALID
 */
export function hostChanges(flags: Flags): Map<keyof HostEntry, unknown> {
  const changes = new Map<keyof HostEntry, unknown>();
  const change = (key: keyof HostEntry, value: string | number | boolean | undefined) => {
    if (value !== undefined) changes.set(key, value === "" ? undefined : value);
  };
  const list = (key: keyof HostEntry, values: readonly string[]) => {
    const given = values.filter((value) => value !== "");
    if (values.length > 0) changes.set(key, given.length === 0 ? undefined : given);
  };
  change(
    "tls",
    flags.tls ?? (flags.scheme === undefined ? undefined : flags.scheme === "http" ? "disabled" : "enabled"),
  );
  change("regcert", flags.cacert);
  change("clientCert", flags["client-cert"]);
  change("clientKey", flags["client-key"]);
  change("hostname", flags.hostname ?? flags.dns[0]);
  change("credHelper", flags["cred-helper"]);
  change("pathPrefix", flags["path-prefix"]);
  list("mirrors", flags.mirror);
  change("priority", notNegative("priority", flags.priority));
  change("repoAuth", flags["repo-auth"]);
  change("blobChunk", flags["blob-chunk"]);
  change("blobMax", flags["blob-max"]);
  change("reqPerSec", notNegative("req-per-sec", flags["req-per-sec"]));
  change("reqConcurrent", notNegative("req-concurrent", flags["req-concurrent"]));
  if (flags["api-opts"].length > 0) changes.set("apiOpts", Object.fromEntries(flags["api-opts"].map(pair)));
  return changes;
}

function withChanges(entry: HostEntry, changes: ReadonlyMap<keyof HostEntry, unknown>): HostEntry {
  const changed: Record<string, unknown> = { ...entry };
  for (const [key, value] of changes) {
    if (value === undefined) delete changed[key];
    else if (key === "apiOpts") changed[key] = { ...entry.apiOpts, ...value as Record<string, string> };
    else changed[key] = value;
  }
  return changed;
}

function notNegative(flag: string, value: number | undefined): number | undefined {
  if (value === undefined || value >= 0) return value;
  throw new FerryError("FLAG_INVALID", `Flag "--${flag}" must not be negative, it is "${value}"`);
}

function pair(text: string): [string, string] {
  const equals = text.indexOf("=");
  if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
  throw new FerryError("FLAG_INVALID", `Flag "--api-opts" must be key=value, not "${text}"`);
}
