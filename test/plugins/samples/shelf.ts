import { definePlugin, type PluginTransport, type Reference } from "ferry/plugin";

const inLayout = (reference: Reference): Reference => ({ ...reference, scheme: "ocidir" });

export default definePlugin({
  name: "shelf",
  summary: "Layouts under another scheme, to be read and written",
  api: 1,
  commands: {},
  transports: {
    /** Serves `shelf://folder:tag`. */
    async shelf(context): Promise<PluginTransport> {
      const layout = await context.transport({ ...EMPTY, scheme: "ocidir" });
      return {
        scheme: "shelf",
        remote: false,
        headManifest: (at, call) => layout.headManifest(inLayout(at), call),
        getManifest: (at, call) => layout.getManifest(inLayout(at), call),
        putManifest: (at, manifest, call) => layout.putManifest(inLayout(at), manifest, call),
        deleteManifest: (at, call) => layout.deleteManifest(inLayout(at), call),
        headBlob: (at, digest, call) => layout.headBlob(inLayout(at), digest, call),
        blobSource: (at, descriptor) => layout.blobSource(inLayout(at), descriptor),
        putBlob: (at, source, call) => layout.putBlob(inLayout(at), source, call),
        deleteBlob: (at, digest, call) => layout.deleteBlob(inLayout(at), digest, call),
        listTags: (at, call) => layout.listTags(inLayout(at), call),
        deleteTag: (at, call) => layout.deleteTag(inLayout(at), call),
        listReferrers: (at, call) => layout.listReferrers(inLayout(at), call),
        ping: (at, call) => layout.ping(inLayout(at), call),
        close: (at) => layout.close(inLayout(at)),
      };
    },
  },
});

const EMPTY: Reference = { scheme: "", registry: "", repository: "", tag: "", digest: "", path: "" };
