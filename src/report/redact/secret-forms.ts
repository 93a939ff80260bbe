import { escaped, escapedHtml, escapedWithin } from '../plain-text.ts'

/** A shorter text is not distinct from other text. */
export const SHORTEST = 4
/** Fewer characters of base64 than this may be part of an unrelated word. */
const SHORTEST_CORE = 8

/**
 * The base64 forms of a secret: alone, and within a longer text that was encoded, where each of the three positions in a
 * group of bytes gives other characters. Of those at the edges, which depend on what is around, none is part of a form.
 */
export function base64Forms(secret: string): string[] {
  const forms = bytesOf(secret).flatMap((bytes) => [
    bytes.toString('base64'),
    ...[0, 1, 2]
      .map((offset) => core(bytes, offset))
      .filter((form) => form.length >= SHORTEST_CORE),
  ])
  return [...new Set(forms.flatMap((form) => [form, forUrls(form)]))]
}

function core(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
  return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6))
}

function forUrls(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** As UTF-8, and in Latin-1, as a header of HTTP is sent by some. */
function bytesOf(secret: string): Buffer[] {
  const utf8 = Buffer.from(secret)
  return /^[\0-\xff]*[\x80-\xff][\0-\xff]*$/.test(secret)
    ? [utf8, Buffer.from(secret, 'latin1')]
    : [utf8]
}

/** How a secret may come back in a text whose escapes have been read. */
export function plainForms(secret: string): string[] {
  const hexadecimal = Buffer.from(secret).toString('hex')
  return [secret, ...base64Forms(secret), hexadecimal, hexadecimal.toUpperCase()]
}

/** The same with the escapes of an address, the log, the summary, report.html and report.json. */
export function writtenForms(secret: string): string[] {
  const inAddress = encodeURIComponent(Buffer.from(secret).toString('utf8'))
  return [...plainForms(secret), inAddress, inAddress.replaceAll('%20', '+')].flatMap((form) =>
    // Most have no character that is escaped anywhere.
    /^[A-Za-z0-9]*$/.test(form)
      ? [form]
      : [
          form,
          escaped(form),
          escapedWithin(form),
          escapedHtml(form),
          JSON.stringify(form).slice(1, -1),
        ],
  )
}
