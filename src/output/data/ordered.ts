/** The fields of these names in this order, without the empty ones: what Go makes of a struct with `omitempty`. */
export function ordered(
  value: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(names.map((name) => [name, value[name]] as const).filter(([, item]) => !isEmpty(item)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return true;
  return typeof value === "object" && Object.getPrototypeOf(value) !== null &&
    [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value)) && Object.keys(value).length === 0;
}
