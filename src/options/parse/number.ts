/** A number; NaN where the text is none as people write it: hexadecimal digits and exponents are not accepted. */
export function parseNumber(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN
}
