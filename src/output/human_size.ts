/** Bytes as people read them, in powers of 1000 with three decimals: `209.000B`, `3.418MB`. */
export function humanSize(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${size.toFixed(3)}${units[unit]}`;
}

/** Bytes of a descriptor: the plain number up to 100000, else as {@linkcode humanSize}. */
export function descriptorSize(bytes: number): string {
  return bytes > 100_000 ? humanSize(bytes) : `${bytes}B`;
}
