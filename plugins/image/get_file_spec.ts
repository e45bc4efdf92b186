import { defineSpec } from "../../src/mod.ts";

/** Data of `image get-file`. */
export const getFile = defineSpec({
  summary: "Write a file of an image to standard output or to a file",
  description:
    "The file is looked for as a container would see it: from the last layer to the first, with links followed within the image. A folder is written as a tar archive.",
  aliases: ["cat"],
  args: [
    { name: "image", type: "reference", required: true, summary: "image to look into" },
    { name: "path", type: "string", required: true, summary: "path in the image", complete: "none" },
    { name: "output", type: "string", summary: "file to write", complete: "file" },
  ],
  flags: {
    platform: {
      type: "platform",
      short: "p",
      default: "local",
      summary: "choose this platform from an index, or local for this machine's",
      placeholder: "os/arch",
    },
  },
  examples: [
    { command: "image get-file alpine /etc/os-release", does: "show a file" },
    { command: "image get-file alpine /usr/bin/env busybox", does: "save a file, also where the path is a link" },
    { command: "image get-file alpine /etc | tar -tf -", does: "list the files of a folder" },
    {
      command: "image get-file alpine /etc/passwd --format '{{ .Header.ModTime }}'",
      does: "show when a file was changed",
    },
  ],
});
