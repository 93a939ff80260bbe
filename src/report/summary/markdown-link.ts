import { escapedWithin } from '../plain-text.ts'

/** A link in Markdown, whose address cannot end it; undefined where the text is no web address. */
export function markdownLink(text: string, address: string): string | undefined {
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) return undefined
  const href = new URL(address).href.replace(
    /[^A-Za-z0-9\-._~:/?#@!$&+,;=%]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
  return `[${escapedWithin(text)}](${href})`
}
