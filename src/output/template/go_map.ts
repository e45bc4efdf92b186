/**
 * Maps whose type Go knows: what plain data does not tell of them.
 *
 * @module
 */

/** What Go knows of a map besides its entries. */
export interface MapType {
  /** Name of its type. */
  readonly name: string;
  /** What `index` gives for a key that it does not have. */
  readonly zero: unknown;
  /** It was never made: its JSON is null. */
  readonly nil: boolean;
}

const TYPE = Symbol("type of a map");

/** A `map[string]string`, or another type of map; undefined is a nil one. */
export function goMap(
  entries: Readonly<Record<string, unknown>> | undefined | null,
  name = "map[string]string",
  zero: unknown = "",
): Readonly<Record<string, unknown>> {
  const type: MapType = { name, zero, nil: entries === undefined || entries === null };
  return Object.defineProperty({ ...entries }, TYPE, { value: type });
}

/** What Go knows of a map; undefined for plain data, which is a `map[string]interface {}`. */
export function mapType(map: object): MapType | undefined {
  return (map as { readonly [TYPE]?: MapType })[TYPE];
}
