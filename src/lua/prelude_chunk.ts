/**
 * The prelude as the machine loads it.
 *
 * @module
 */
import { PRELUDE } from "./prelude.ts";

/** Its text. The built program holds what the machine makes of the text instead: it starts without compiling it. */
export const PRELUDE_CHUNK: Uint8Array = new TextEncoder().encode(PRELUDE);
