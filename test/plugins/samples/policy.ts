import { definePlugin, FerryError, formatReference } from "ferry/plugin";

export default definePlugin({
  name: "policy",
  summary: "Keep test images out of production",
  api: 1,
  commands: {},
  copyHook: {
    async before({ signal, source, sourceTransport, target }) {
      if (target.tag === "skipped") return { skip: "nobody wants it" };
      const descriptor = await sourceTransport.headManifest(source, { signal });
      if (target.tag === "prod") {
        throw new FerryError("POLICY", `Image ${descriptor?.digest.slice(0, 13)} is not for production`);
      }
      return undefined;
    },
    after(copy, { changed }, context) {
      context.log.warn("Copy was seen", { target: formatReference(copy.target), changed });
      return Promise.resolve();
    },
  },
});
