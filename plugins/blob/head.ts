import {
  type CommandResult,
  type Context,
  descriptorHeaders,
  FerryError,
  formatRepository,
  headersText,
  headerValues,
  type InputOf,
  structData,
} from "../../src/mod.ts";
import type { head } from "./mod.ts";

/** Handler of `blob head`. */
export default async function show(context: Context, { args }: InputOf<typeof head>): Promise<CommandResult> {
  const { repository, digest } = args;
  const transport = await context.transport(repository);
  let received: Headers | undefined;
  const descriptor = await transport.headBlob(repository, digest, {
    signal: context.signal,
    onHeaders: (headers) => received = headers,
  });
  if (descriptor === undefined) {
    throw new FerryError("BLOB_UNKNOWN", `Blob "${digest}" does not exist in "${formatRepository(repository)}"`, {
      hint: "check the digest; blobs belong to a repository, so that it may be in another one",
    });
  }
  const headers = received ?? descriptorHeaders(descriptor);
  return {
    text: () => headersText(headers),
    rawBody: new Uint8Array(),
    rawHeaders: headers,
    data: () =>
      structData({
        type: "blob.Reader",
        fields: { Digest: descriptor.digest, Size: descriptor.size },
        methods: {
          GetDigest: () => descriptor.digest,
          RawHeaders: () => headerValues(headers),
        },
      }),
  };
}
