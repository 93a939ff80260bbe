/**
 * All that moves a cursor, ends a line or turns the direction of reading; tab and line feed are
 * spared where it is used.
 */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu

/**
 * Text that has no effect: control characters, which move a terminal's cursor or
 * colour it, become \u escapes, and no line reads as a command to the runner (`::name::` at its
 * start, `##[name]` anywhere; actions/runner, ActionCommand), nor to those of other CIs, under which
 * the command line runs (`##vso[name]` of Azure Pipelines, `##teamcity[name]`).
 */
export function plainText(text: string): string {
  return text
    .replace(CONTROL, (character) =>
      character === '\n' || character === '\t' ? character : codePoint(character),
    )
    .replace(/##(?=[a-z]*\[)/gi, '# #')
    .split('\n')
    .map((line) => line.replace(/^(\s*)::/, '$1: :'))
    .join('\n')
}

/** JSON of the same value that has no effect either: what could have one is an escape of its strings. */
export function plainJson(json: string): string {
  return json
    .replace(CONTROL, (character) => (character === '\n' ? character : codePoint(character)))
    .replace(/#(?=#)/g, codePoint)
}

/** What is markup anywhere in a line, an address, a formula or the name of a picture included; a time of day is none. */
const MARKUP = /[&<>"'`|*_~[\]\\#@$]|:(?=\/\/|(?!\d\d:)[\w+-]+:)|(?<=\bwww)\./gi

/** What is markup at the beginning of a line: an item of a list, the line under a heading. */
const AT_BEGINNING = /^[-+=]|(?<=^\d+)[.)]/

/**
 * Text for Markdown and HTML, in a table's cell too: it is one line, nothing of it is markup, nor
 * does an address or a name in it become a link. What cannot be part of either stays readable.
 */
export function escaped(text: string): string {
  return escapedWithin(text).trim().replace(AT_BEGINNING, entity)
}

/** The same for text within a line. */
export function escapedWithin(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').replace(MARKUP, entity)
}

/** Text for HTML. */
export function escapedHtml(text: string): string {
  return plainText(text).replace(/[&<>"']/g, entity)
}

/** A path as code in Markdown: it reads the same in the source, and nothing of it becomes a link. */
export function codeSpan(text: string): string {
  return /^[\w./#-]+$/.test(text) ? `\`${text}\`` : escapedWithin(text)
}

/** Text for a fenced block of Markdown, whose fence it cannot close. */
export function fenced(text: string, language: 'text' | 'diff' = 'text'): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${plainText(text)}\n${fence}`
}

function entity(character: string): string {
  return `&#${character.charCodeAt(0)};`
}

function codePoint(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
