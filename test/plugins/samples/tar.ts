import { definePlugin, loadLayoutArchive, type PluginTransport, type Reference, type Transport } from "ferry/plugin";

/** Serves `tar://file.tar:tag`: layouts in tar files, to be read. */
async function createTarTransport(): Promise<PluginTransport> {
  const { createArchiveTransport, layoutContent, TarArchive } = await loadLayoutArchive();
  const opened = new Map<string, ReturnType<typeof TarArchive.open>>();
  const at = async ({ path }: Reference): Promise<Transport> => {
    const archive = opened.get(path) ?? TarArchive.open([path]);
    opened.set(path, archive);
    return createArchiveTransport(await layoutContent(await archive));
  };
  return {
    scheme: "tar",
    remote: false,
    headManifest: async (reference, call) => await (await at(reference)).headManifest(reference, call),
    getManifest: async (reference, call) => await (await at(reference)).getManifest(reference, call),
    putManifest: async (reference, manifest, call) =>
      await (await at(reference)).putManifest(reference, manifest, call),
    deleteManifest: async (reference, call) => await (await at(reference)).deleteManifest(reference, call),
    headBlob: async (reference, digest, call) => await (await at(reference)).headBlob(reference, digest, call),
    blobSource: (reference, descriptor) => ({
      descriptor,
      reopenable: true,
      open: async (offset, call) => await (await at(reference)).blobSource(reference, descriptor).open(offset, call),
    }),
    putBlob: async (reference, source, call) => await (await at(reference)).putBlob(reference, source, call),
    deleteBlob: async (reference, digest, call) => await (await at(reference)).deleteBlob(reference, digest, call),
    listTags: async (reference, call) => await (await at(reference)).listTags(reference, call),
    deleteTag: async (reference, call) => await (await at(reference)).deleteTag(reference, call),
    listReferrers: async (reference, call) => await (await at(reference)).listReferrers(reference, call),
    ping: async (reference, call) => await (await at(reference)).ping(reference, call),
    close: () => Promise.resolve(),
    async [Symbol.asyncDispose]() {
      for (const archive of opened.values()) await (await archive)[Symbol.asyncDispose]();
    },
  };
}

export default definePlugin({
  name: "tar",
  summary: "Read layouts in tar files",
  api: 1,
  commands: {},
  transports: { tar: createTarTransport },
});
