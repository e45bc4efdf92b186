import {
  alignTabs,
  type Bundle,
  type BundleFinding,
  type CommandResult,
  type Context,
  FerryError,
  humanSize,
  type InputOf,
  loadBundle,
  type VerifiedBundle,
} from "../../src/mod.ts";
import type { verify } from "./specs.ts";

/** Handler of `bundle verify`. */
export default async function check(context: Context, { args, flags }: InputOf<typeof verify>): Promise<CommandResult> {
  const { Bundle, verifyBundle } = await loadBundle();
  await using stack = new AsyncDisposableStack();
  const bases: Bundle[] = [];
  for (const path of flags.base) bases.push(stack.use(await Bundle.open(path)));
  const verified = await verifyBundle(args.file, { bases, signal: context.signal });
  const broken = verified.findings.filter(({ state }) => state !== "needed");
  const lacking = flags.base.length > 0 ? verified.findings.filter(({ state }) => state === "needed") : [];
  const failure = failureOf(args.file, broken, lacking, verified);
  return {
    data: () => ({ file: args.file, ...verified }),
    text: () => textOf(verified, broken),
    ...(failure === undefined ? {} : { error: failure }),
  };
}

function textOf({ base, bytes, content, findings, volumes }: VerifiedBundle, broken: readonly BundleFinding[]): string {
  const lines = findings.map(({ kind, name, reason, size, state }) =>
    // Names and reasons may be out of the archive, and must not steer a terminal.
    [state, kind, name, size ?? "-", ...(reason === undefined ? [] : [reason])].map((one) =>
      String(one).replace(/\p{Cc}/gu, "?")
    ).join("\t")
  );
  const table = lines.length === 0 ? "" : `${alignTabs(lines.join("\n"), { padding: 2 })}\n`;
  const needed = findings.length - broken.length;
  const outcome = broken.length === 0 ? "all good" : `${broken.length} missing or wrong`;
  const rest = needed === 0 ? "" : `; ${needed} needed from ${base}`;
  return `${table}${count(volumes, "volume")}, ${count(content, "piece")} of content, ${
    humanSize(bytes)
  }: ${outcome}${rest}\n`;
}

function failureOf(
  file: string,
  broken: readonly BundleFinding[],
  lacking: readonly BundleFinding[],
  { base }: VerifiedBundle,
): FerryError | undefined {
  const first = broken[0];
  if (first !== undefined) {
    const missing = broken.filter(({ state }) => state === "missing").length;
    const parts = [
      ...(missing > 0 ? [`${missing} missing`] : []),
      ...(broken.length > missing ? [`${broken.length - missing} wrong`] : []),
    ];
    return new FerryError("ARCHIVE_INVALID", `Bundle "${file}" is not whole: ${parts.join(", ")}`, {
      hint: first.kind === "volume" ? "copy these volumes again" : "copy the bundle again, or make it anew",
      ...(first.reason === undefined ? {} : { detail: `${first.name}: ${first.reason}` }),
    });
  }
  if (lacking.length === 0) return undefined;
  return new FerryError("BLOB_UNKNOWN", `Bundle "${file}" needs ${lacking.length} pieces that the bases do not have`, {
    hint: `name the file of ${base} with --base, and those of its own bases`,
  });
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
