import type { Step } from "../step.ts";

/** Puts content of up to so many bytes into the descriptors that name it, and takes larger content out (image-spec, descriptor.md, "Embedded Content"). */
export function setDataMax(bytes: number): Step {
  return (work) => {
    work.dataMax = bytes;
  };
}
