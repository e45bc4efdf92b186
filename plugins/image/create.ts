import {
  annotationsOf,
  buildManifest,
  bytesSource,
  type CommandResult,
  type Context,
  digestOf,
  FerryError,
  formatReference,
  type InputOf,
  localPlatform,
  MEDIA_TYPE,
  parsePlatform,
  storedManifestData,
  withDigest,
} from "../../src/mod.ts";
import type { create } from "./make_specs.ts";

/** RFC 3339, section 5.6. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** Handler of `image create`. */
export default async function make(context: Context, { args, flags }: InputOf<typeof create>): Promise<CommandResult> {
  const { signal } = context;
  const isOci = flags["media-type"] === MEDIA_TYPE.ociManifest;
  const labels = annotationsOf(flags.label);
  const annotations = annotationsOf(flags.annotation);
  const created = timeOf(flags.created, context.clock.now());
  const platform = flags.platform === undefined
    ? { architecture: "", os: "" }
    : parsePlatform(flags.platform, localPlatform());
  const config = new TextEncoder().encode(JSON.stringify({
    ...(created === undefined ? {} : { created }),
    ...platform,
    config: Object.keys(labels).length === 0 ? {} : { Labels: labels },
    rootfs: { type: "layers", diff_ids: [] },
  }));
  const descriptor = {
    mediaType: isOci ? MEDIA_TYPE.ociConfig : MEDIA_TYPE.dockerConfig,
    digest: digestOf(config),
    size: config.byteLength,
  };
  const manifest = buildManifest({
    schemaVersion: 2,
    mediaType: flags["media-type"],
    config: descriptor,
    layers: [],
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  }, flags["media-type"]);
  const byDigest = flags["by-digest"] === true;
  const target = byDigest ? withDigest(args.image, manifest.descriptor.digest) : args.image;
  const transport = await context.transport(target);
  try {
    await transport.putBlob(target, bytesSource(config, descriptor), { signal });
    await transport.putManifest(target, manifest, { signal });
  } finally {
    await transport.close(target);
  }
  return {
    data: () => storedManifestData({ manifest, reference: target, name: formatReference(target) }),
    text: () => byDigest ? `${manifest.descriptor.digest}\n` : "",
  };
}

function timeOf(text: string | undefined, now: number): string | undefined {
  if (text === undefined) return undefined;
  if (text === "now") return new Date(now).toISOString();
  if (TIME.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new FerryError("FLAG_INVALID", `Flag "--created" must be a time, not "${text}"`, {
    hint: "write now, or a time such as 2024-01-02T03:04:05Z",
  });
}
