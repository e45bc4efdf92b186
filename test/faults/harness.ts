/** A fake registry with some content, and a client whose clock does not wait. */
import type { Manifest } from "../../src/oci/manifest.ts";
import type { Reference } from "../../src/reference/reference.ts";
import { type ClientOptions, FakeClock, makeClient, registryReference, type TestClient } from "../support/client.ts";
import { Content } from "../support/content.ts";
import { FakeRegistry, type FakeRegistryOptions } from "../support/fake_registry.ts";
import { addImage, addLayer } from "../support/images.ts";
import { noise } from "../support/sources.ts";

/** What tests of faults start from. */
export interface Bench extends AsyncDisposable, TestClient {
  readonly registry: FakeRegistry;
  readonly clock: FakeClock;
  /** Repository `r`, which has an image with tag `v1`. */
  readonly place: Reference;
  readonly image: Manifest;
  /** Bytes of a blob in `r`, half a megabyte. */
  readonly blob: Uint8Array<ArrayBuffer>;
  readonly digest: string;
}

/** Starts a registry and a client for it. */
export function bench(
  options: FakeRegistryOptions = {},
  client: ClientOptions | ((registry: FakeRegistry) => ClientOptions) = {},
): Bench {
  const registry = new FakeRegistry(options);
  const clock = new FakeClock();
  const made = makeClient({ clock, ...(typeof client === "function" ? client(registry) : client) });
  const content = new Content();
  addImage(content, { tag: "v1", layers: [addLayer(content, 1)] });
  const blob = noise(7, 512 * 1024);
  const digest = content.addBlob(blob);
  content.copyTo(registry.repository("r"));
  return {
    registry,
    clock,
    transport: made.transport,
    log: made.log,
    place: registryReference(registry.host, "r"),
    image: content.manifest("v1"),
    blob,
    digest,
    [Symbol.asyncDispose]: async () => {
      await made[Symbol.asyncDispose]();
      await registry.close();
    },
  };
}

/** The source of the bench's blob, read through the transport. */
export function sourceOf({ transport, place, blob, digest }: Bench) {
  return transport.blobSource(place, {
    mediaType: "application/octet-stream",
    digest,
    size: blob.byteLength,
  });
}
