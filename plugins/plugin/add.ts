import { resolve } from "node:path";
import {
  type CommandResult,
  type Context,
  FerryError,
  type Grants,
  humanSize,
  type InputOf,
  loadUserPlugin,
  type PluginCandidate,
} from "../../src/mod.ts";
import type { add } from "./mod.ts";
import { confirm } from "./rows.ts";

/** Files that the question names. */
const NAMES_SHOWN = 12;

/** Handler of `plugin add`. */
export default async function run(context: Context, { args, flags }: InputOf<typeof add>): Promise<CommandResult> {
  const grants = {
    // From wherever it runs later it is the same files.
    read: flags["allow-read"].map((path) => resolve(named("allow-read", path))),
    net: flags["allow-net"].map((host) => hostOf(named("allow-net", host))),
    env: flags["allow-env"].map((name) => named("allow-env", name)),
  };
  if (flags.confine !== true && Object.values(grants).some((granted) => granted.length > 0)) {
    throw new FerryError("FLAG_INVALID", "Rights are granted to confined plugins only", {
      hint: "add --confine; without it a plugin has all of your rights",
    });
  }
  const store = await context.plugins.store();
  const candidate = await store.read(args.source, flags.sha256, context.signal);
  if (flags.yes !== true) await confirm(context, question(candidate, flags.confine === true ? grants : undefined));
  const { record, replaced } = await store.add(candidate, flags.confine === true ? grants : undefined);
  const { addsWords } = await loadUserPlugin();
  const adds = addsWords(record.name, record.adds);
  const { name, source, version } = record;
  const title = `${name}${version === "" ? "" : ` ${version}`}`;
  const before = replaced === undefined ? "" : ` in place of ${replaced || "another"}`;
  return {
    data: () => ({ name, version, source, confined: record.confine !== undefined, sha256: candidate.digest, adds }),
    text: () => `Added ${title}${before}: ${adds.join(", ")}\n`,
  };
}

/** Nothing would mean everything, or the working folder. */
function named(flag: string, value: string): string {
  if (value.trim() !== "") return value;
  throw new FerryError("FLAG_INVALID", `Flag "--${flag}" cannot be empty`, { hint: "name what is granted" });
}

function hostOf(text: string): string {
  const url = URL.parse(`http://${text}`);
  if (url !== null && /^[\w.:[\]-]+$/.test(text)) return text;
  throw new FerryError("FLAG_INVALID", `Flag "--allow-net" cannot be "${text}"`, { hint: "write host or host:port" });
}

function question({ count, digest, names, size, source }: PluginCandidate, grants: Grants | undefined): string {
  const files = `${count} ${count === 1 ? "file" : "files"}, ${humanSize(size)}, sha256 ${digest}`;
  const shown = count === 1 ? "" : `  ${names.slice(0, NAMES_SHOWN).join(", ")}${count > NAMES_SHOWN ? ", ..." : ""}\n`;
  return `Plugin ${source}\n  ${files}\n${shown}  ${rights(grants)}\nAdd it? [y/N] `;
}

/** What the code will be able to do, in words. */
function rights(grants: Grants | undefined): string {
  if (grants === undefined) {
    return "Its code can do all that you can do: read and change files, use your logins, run programs, reach the network";
  }
  const granted = [
    ...grants.read.map((path) => `read ${path}`),
    ...grants.net.map((host) => `call ${host}`),
    ...grants.env.map((name) => `read the variable ${name}`),
  ];
  const own = granted.length === 0 ? "nothing else" : granted.join(", ");
  return `Its code runs apart. It can read from registries with your logins, and ${own}`;
}
