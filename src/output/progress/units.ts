/**
 * Sizes, rates and times as progress shows them: short, and never wider than their column.
 *
 * @module
 */

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

/** Widest text of {@linkcode shortSize}. */
export const SIZE_WIDTH = 7;
/** Widest text of {@linkcode shortTime}. */
export const TIME_WIDTH = 5;

/** Bytes in powers of 1000 with three digits: `999 B`, `1.23 kB`, `45.6 MB`. */
export function shortSize(bytes: number): string {
  let size = Math.max(0, bytes);
  let unit = 0;
  // 999.5 would be shown as 1000.
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000;
    unit++;
  }
  if (unit === 0) return `${Math.round(size)} B`;
  const digits = size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
  return `${size.toFixed(digits)} ${UNITS[unit]}`;
}

/** Bytes a second: `12.3 MB/s`. */
export function shortRate(perSecond: number): string {
  return `${shortSize(perSecond)}/s`;
}

/** Seconds as a clock shows them: `0:07`, `12:34`, then `1h05m`, `23h`, `12d`. */
export function shortTime(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours === 0) return `${minutes}:${two(whole % 60)}`;
  if (hours < 10) return `${hours}h${two(minutes)}m`;
  return hours < 100 ? `${hours}h` : `${Math.min(9999, Math.floor(hours / 24))}d`;
}

/** How long something took: `0.4s`, `12.3s`, `2m05s`, `1h02m05s`. */
export function tookTime(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours === 0 ? `${minutes}m${two(whole % 60)}s` : `${hours}h${two(minutes)}m${two(whole % 60)}s`;
}

/** Part of a whole in percent, never 100 before it is whole. */
export function percent(part: number, whole: number): number {
  return whole <= 0 ? 100 : part >= whole ? 100 : Math.min(99, Math.floor(Math.max(0, part) / whole * 100));
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
