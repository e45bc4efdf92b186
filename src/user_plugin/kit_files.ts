/**
 * The sources that authors of plugins check types and run tests against. The build puts them here: `scripts/build/kit.ts`.
 *
 * @module
 */

/** Files by path as JSON, gzip, base64; "" where the program runs from its sources, which authors then use as they are. */
export const KIT: string = "";
