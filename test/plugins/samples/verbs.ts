import { type Context, defineCommand, definePlugin, FerryError } from "ferry/plugin";

export default definePlugin({
  name: "verbs",
  summary: "Verbs of other nouns",
  api: 1,
  commands: {},
  verbs: {
    image: {
      lint: defineCommand(
        {
          summary: "Refuse images without labels",
          aliases: ["check"],
          args: [{ name: "image", type: "reference", required: true, summary: "image to look at" }],
          flags: { strict: { type: "boolean", summary: "labels of every kind" } },
        },
        () =>
          Promise.resolve({
            async default(context: Context, { args, flags }) {
              const manifest = await (await context.transport(args.image)).getManifest(args.image);
              if (flags.strict === true) throw new FerryError("POLICY", "Image has no labels", { hint: "add some" });
              return { text: () => `${manifest.kind}\n`, data: () => ({ kind: manifest.kind }) };
            },
          }),
      ),
    },
    tag: {
      ls: {
        ...defineCommand({ summary: "List tags another way", args: [] }, () =>
          Promise.resolve({
            default: () => Promise.resolve({ text: () => "my own tags\n" }),
          })),
        replaces: true,
      },
    },
  },
});
