import {
  type CommandResult,
  type Context,
  descriptorHeaders,
  FerryError,
  formatReference,
  getSmallBlob,
  imageConfigData,
  indentJson,
  type InputOf,
  localPlatform,
  type Manifest,
  MEDIA_TYPE,
  parseImageConfig,
  parsePlatform,
  platformOfConfig,
  resolveManifest,
} from "../../src/mod.ts";
import type { inspect } from "./specs.ts";

/** Handler of `image inspect`. */
export default async function show(context: Context, { args, flags }: InputOf<typeof inspect>): Promise<CommandResult> {
  const { signal } = context;
  const transport = await context.transport(args.image);
  const platform = parsePlatform(flags.platform, localPlatform());
  const { manifest, reference } = await resolveManifest(transport, args.image, platform, { signal });
  const descriptor = configOf(manifest, formatReference(reference));
  let received: Headers | undefined;
  const raw = await getSmallBlob(transport, reference, descriptor, {
    signal,
    onHeaders: (headers) => received = headers,
  });
  const text = () => `${indentJson(raw)}\n`;
  return {
    text,
    data: () => {
      const config = parseImageConfig(raw);
      return imageConfigData(config, raw, descriptor, platformOfConfig(config), text);
    },
    rawBody: raw,
    rawHeaders: received ?? descriptorHeaders(descriptor),
  };
}

function configOf(manifest: Manifest, name: string) {
  const { config } = manifest;
  if (config === undefined) {
    throw new FerryError("UNSUPPORTED", `Manifest "${name}" has no image config`, {
      hint: manifest.kind === "schema1"
        ? "it is a manifest of schema 1, which keeps the config within itself: manifest get --format raw-body shows it"
        : "manifest get shows the manifest itself",
    });
  }
  if (config.mediaType !== MEDIA_TYPE.ociConfig && config.mediaType !== MEDIA_TYPE.dockerConfig) {
    throw new FerryError("UNSUPPORTED", `"${name}" is no image: its config is "${config.mediaType}"`, {
      hint: "manifest get shows the manifest itself, blob get its config",
    });
  }
  return config;
}
