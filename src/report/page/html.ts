import { countText } from '../../rollout/model/percents.ts'
import { escapedHtml } from '../plain-text.ts'
import { remedyParts } from '../remedy-parts.ts'

/** A cell: text, or markup that was made here. */
export type Cell = string | { html: string; class: string }

/** Text that may break anywhere, however long it is. */
export function longText(text: string): Cell {
  return { html: escapedHtml(text), class: 'text' }
}

/** A path is filled into its lines as it comes: broken at its end alone, it would leave half of them empty. */
export function pathText(text: string): Cell {
  return { html: escapedHtml(text), class: 'text path' }
}

/** A link, where the text is a web address; else the text. Its address tells no other page where it was opened. */
export function linkedText(text: string): Cell {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return text
  const href = escapedHtml(new URL(text).href)
  return { html: `<a href="${href}" rel="noreferrer">${escapedHtml(text)}</a>`, class: 'text' }
}

/** A table that scrolls by itself where it is wider than the page. The roles stay where its rows become blocks. */
export function table(
  label: string,
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
): string {
  const names = heads.map(escapedHtml)
  const head = names.map((text) => `<th role="columnheader" scope="col">${text}</th>`).join('')
  const body = rows
    .map(
      (row) => `<tr role="row">${row.map((content, at) => cell(content, names[at])).join('')}</tr>`,
    )
    .join('\n')
  return `<div class="wide" tabindex="0" role="group" aria-label="${escapedHtml(label)}"><table role="table"><thead role="rowgroup"><tr role="row">${head}</tr></thead><tbody role="rowgroup">${body}</tbody></table></div>`
}

/** On a phone each cell is a line with its head in front, as a row would be cut there. */
function cell(content: Cell, head = ''): string {
  return typeof content === 'string'
    ? `<td role="cell" data-head="${head}">${escapedHtml(content)}</td>`
    : `<td role="cell" data-head="${head}" class="${content.class}">${content.html}</td>`
}

/** Says how many a list is short of, between its first ones and its last ones. */
/** A remark in a soft colour; empty where there is none. */
export function paragraph(text: string): string {
  return text === '' ? '' : `<p class="soft">${escapedHtml(text)}</p>`
}

export function notShown(count: number, what: string): string {
  return count === 0
    ? ''
    : `<p class="soft">${countText(count)} ${what} between the first and the last are not shown.</p>`
}

/** Names and what they mean; those without a meaning are left out. */
export function facts(pairs: readonly (readonly [name: string, meaning: Cell])[]): string {
  const known = pairs.filter(([, meaning]) => meaning !== '')
  if (known.length === 0) return ''
  return `<dl>${known.map(([name, meaning]) => `<dt>${escapedHtml(name)}</dt><dd>${typeof meaning === 'string' ? escapedHtml(meaning) : meaning.html}</dd>`).join('')}</dl>`
}

/** What to do next, with what is to be pasted in blocks. */
export function advice(remedy: string): string {
  return remedyParts(remedy)
    .map(({ kind, text }) =>
      kind === 'lines' ? `<pre>${escapedHtml(text)}</pre>` : `<p>${escapedHtml(text)}</p>`,
    )
    .join('\n')
}
