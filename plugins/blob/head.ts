import {
  type CommandResult,
  type Context,
  descriptorHeaders,
  FerryError,
  formatRepository,
  headersText,
  type InputOf,
  structData,
} from "../../src/mod.ts";
import type { head } from "./mod.ts";

/** Handler of `blob head`. */
export default async function show(context: Context, { args }: InputOf<typeof head>): Promise<CommandResult> {
  const { repository, digest } = args;
  const transport = await context.transport(repository);
  const descriptor = await transport.headBlob(repository, digest, { signal: context.signal });
  if (descriptor === undefined) {
    throw new FerryError("BLOB_UNKNOWN", `Blob "${digest}" does not exist in "${formatRepository(repository)}"`);
  }
  const headers = descriptorHeaders(descriptor);
  return {
    text: () => headersText(headers),
    rawHeaders: headers,
    data: () =>
      structData({
        type: "blob.Reader",
        fields: { Digest: descriptor.digest, Size: descriptor.size },
        methods: {
          GetDigest: () => descriptor.digest,
          RawHeaders: () => Object.fromEntries([...headers].map(([name, value]) => [name, [value]])),
        },
      }),
  };
}
