/** What XML 1.0 has no way to write, not even as an escape. Half of a surrogate pair is no character either. */
const NOT_IN_XML =
  /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]|[\ufdd0-\ufdef]|[\u007f-\u0084\u0086-\u009f]/gu

/** An element with its attributes, in their order. An attribute without a value is left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  content: readonly string[] = [],
): string {
  const given = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${attributeText(String(value))}"`],
  )
  const head = `<${name}${given.join('')}`
  return content.length === 0 ? `${head}/>` : `${head}>${content.join('')}</${name}>`
}

/** Text between tags. Line feeds stay. */
export function elementText(text: string): string {
  return characters(text).replace(/[&<>]/g, entity)
}

/** A parser would turn a line feed of an attribute into a blank. */
function attributeText(text: string): string {
  return characters(text).replace(/[&<>"'\t\n\r]/g, entity)
}

/** A character that XML lacks becomes an escape, which shows that it was there. */
function characters(text: string): string {
  return text.replace(
    NOT_IN_XML,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function entity(character: string): string {
  return `&#${character.charCodeAt(0)};`
}
