import {
  alignTabs,
  type CommandResult,
  type Context,
  FerryError,
  type Finding,
  formatReference,
  humanSize,
  type InputOf,
  loadVerify,
  withDigest,
} from "../../src/mod.ts";
import type { verify } from "./look_specs.ts";

/** Handler of `image verify`. */
export default async function check(context: Context, { args, flags }: InputOf<typeof verify>): Promise<CommandResult> {
  const { signal, log } = context;
  if (flags.repair === true && flags.from === undefined) {
    throw new FerryError("ARGUMENT_MISSING", 'Flag "--repair" needs a copy to repair from', {
      hint: "add --from=image",
    });
  }
  const { repairImage, verifyImage } = await loadVerify();
  const place = { transport: await context.transport(args.image), reference: args.image, signal };
  const source = flags.from === undefined
    ? undefined
    : { transport: await context.transport(flags.from), reference: flags.from, signal };
  try {
    const findings = await verifyImage(place, {
      deep: flags.deep === true,
      referrers: flags.referrers === true,
      onFinding: ({ kind, descriptor, state }) => log.debug(`${kind} is ${state}`, { digest: descriptor.digest }),
      ...(flags.repair !== true || source === undefined ? {} : {
        instead: (digest) => source.transport.getManifest(withDigest(source.reference, digest), { signal }),
      }),
    });
    const broken = findings.filter(isBroken);
    const repaired = flags.repair === true && source !== undefined && broken.length > 0;
    if (repaired) await repairImage(place, source, findings);
    return result(formatReference(args.image), findings, broken, repaired, flags.all === true);
  } finally {
    await place.transport.close(args.image);
  }
}

function result(
  name: string,
  findings: readonly Finding[],
  broken: readonly Finding[],
  repaired: boolean,
  all: boolean,
): CommandResult {
  const rows = (all ? findings : broken).map((finding) => ({
    kind: finding.kind,
    digest: finding.descriptor.digest,
    mediaType: finding.descriptor.mediaType,
    size: finding.descriptor.size,
    state: repaired && isBroken(finding) ? "repaired" : finding.state,
    ...(finding.reason === undefined ? {} : { reason: finding.reason }),
  }));
  const manifests = findings.filter(({ kind }) => kind === "manifest").length;
  const bytes = findings.reduce((sum, { descriptor }) => sum + Math.max(descriptor.size, 0), 0);
  const counts = { manifests, blobs: findings.length - manifests, bytes, broken: broken.length, repaired };
  return {
    data: () => ({ image: name, ...counts, findings: rows }),
    text: () => {
      const lines = rows.map((row) => `${row.state}\t${row.kind}\t${row.digest}\t${Math.max(row.size, 0)}`);
      const table = lines.length === 0 ? "" : `${alignTabs(lines.join("\n"), { padding: 2 })}\n`;
      const outcome = broken.length === 0
        ? "all good"
        : `${broken.length} ${repaired ? "repaired" : "missing or wrong"}`;
      return `${table}${manifests} manifests, ${counts.blobs} blobs, ${humanSize(bytes)}: ${outcome}\n`;
    },
    ...(broken.length === 0 || repaired ? {} : { error: failureOf(name, broken) }),
  };
}

function isBroken({ state }: Finding): boolean {
  return state === "missing" || state === "wrong";
}

function failureOf(name: string, broken: readonly Finding[]): FerryError {
  const wrong = broken.filter(({ state }) => state === "wrong").length;
  const missing = broken.length - wrong;
  const parts = [
    ...(missing > 0 ? [`${missing} missing`] : []),
    ...(wrong > 0 ? [`${wrong} wrong`] : []),
  ];
  const first = broken[0]!;
  const code = wrong > 0 ? "DIGEST_MISMATCH" : first.kind === "blob" ? "BLOB_UNKNOWN" : "MANIFEST_UNKNOWN";
  return new FerryError(code, `Image "${name}" is not whole: ${parts.join(", ")}`, {
    hint: "bring them from a copy of the image with --repair --from=image",
    ...(first.reason === undefined ? {} : { detail: `${first.descriptor.digest}: ${first.reason}` }),
  });
}
