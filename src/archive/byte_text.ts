/**
 * Text of bytes that need not be UTF-8, without loss: names in archives are bytes to the system that wrote them.
 *
 * @module
 */

/** A byte `b` that is not part of valid UTF-8 becomes the lone surrogate 0xDC00 + b, which UTF-8 never gives. */
const ESCAPE = 0xdc00;

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text of bytes; {@linkcode textToBytes} gives the same bytes back. */
export function bytesToText(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeLossless(bytes);
  }
}

/** Bytes of a text made by {@linkcode bytesToText}, or of any other as UTF-8. */
export function textToBytes(text: string): Uint8Array {
  if (!/[\ud800-\udfff]/.test(text) || text.isWellFormed()) return new TextEncoder().encode(text);
  const parts: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff) parts.push(code - ESCAPE);
    else parts.push(...new TextEncoder().encode(char));
  }
  return Uint8Array.from(parts);
}

function decodeLossless(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes[at]!);
    let piece: string | undefined;
    try {
      if (length > 0 && at + length <= bytes.length) piece = strict.decode(bytes.subarray(at, at + length));
    } catch {
      piece = undefined;
    }
    if (piece === undefined) text += String.fromCharCode(ESCAPE + bytes[at]!);
    else text += piece;
    at += piece === undefined ? 1 : length;
  }
  return text;
}

function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 0;
}
