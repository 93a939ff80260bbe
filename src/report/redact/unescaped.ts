/** A text after one pass of reading its escapes, and where each of its characters was before. */
export type Unescaped = { text: string; startOf: (index: number) => number }

/**
 * One escape: of JSON, Go or a shell (with a backslash), of an address (percent sign), of HTML (ampersand). Each stands for
 * one character, so what a secret was turned into need not be guessed form by form.
 */
const ESCAPE = new RegExp(
  [
    /'\\''|'"'"'/,
    /\\u\{?([0-9a-f]{4})\}?/,
    /\\x([0-9a-f]{2})/,
    /\\(?![ux])[\x20-\x7e]/,
    /%[0-7][0-9a-f]|%[cd][0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-7](?:%[89ab][0-9a-f]){3}/,
    /%([89a-f][0-9a-f])/,
    /&#x([0-9a-f]{1,6});/,
    /&#(\d{1,7});/,
    /&(amp|lt|gt|quot|apos|nbsp);/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gi',
)
const LETTERS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
}

/** undefined where the text has no escapes. */
export function unescaped(text: string): Unescaped | undefined {
  const parts: string[] = []
  /** Where the characters of the result were: an item for each escape, between which they advance together. */
  const here: number[] = [0]
  const there: number[] = [0]
  let length = 0
  let end = 0
  for (const found of text.matchAll(ESCAPE)) {
    const character = characterOf(found)
    parts.push(text.slice(end, found.index), character)
    length += found.index - end
    here.push(length)
    there.push(found.index)
    length += character.length
    end = found.index + found[0].length
    here.push(length)
    there.push(end)
  }
  if (parts.length === 0) return undefined
  parts.push(text.slice(end))
  return {
    text: parts.join(''),
    startOf(index) {
      const rule = lastAtMost(here, index)
      return (there[rule] ?? 0) + index - (here[rule] ?? 0)
    },
  }
}

function characterOf(found: RegExpMatchArray): string {
  const [whole, inJson, inGo, latin, hex, decimal, entity] = found
  const code = inJson ?? inGo ?? latin ?? hex
  if (code !== undefined) return character(Number.parseInt(code, 16))
  if (decimal !== undefined) return character(Number(decimal))
  if (entity !== undefined) return ENTITIES[entity.toLowerCase()] ?? whole
  if (whole.startsWith("'")) return "'"
  if (whole.startsWith('\\')) return LETTERS[whole.charAt(1)] ?? whole.charAt(1)
  return decoded(whole)
}

function character(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
}

function decoded(whole: string): string {
  try {
    return decodeURIComponent(whole)
  } catch {
    return whole
  }
}

/** The index of the last number that is at most `most`, in numbers that rise. */
function lastAtMost(numbers: readonly number[], most: number): number {
  let low = 0
  let high = numbers.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((numbers[middle] ?? 0) <= most) low = middle
    else high = middle - 1
  }
  return low
}
