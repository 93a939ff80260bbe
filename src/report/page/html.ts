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

/** A table that scrolls by itself where it is wider than the page. */
export function table(
  label: string,
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
): string {
  const head = heads.map((text) => `<th scope="col">${escapedHtml(text)}</th>`).join('')
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n')
  return `<div class="wide" tabindex="0" role="group" aria-label="${escapedHtml(label)}"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`
}

function cell(content: Cell): string {
  return typeof content === 'string'
    ? `<td>${escapedHtml(content)}</td>`
    : `<td class="${content.class}">${content.html}</td>`
}

/** Names and what they mean; those without a meaning are left out. */
export function facts(pairs: readonly (readonly [name: string, meaning: string])[]): string {
  const known = pairs.filter(([, meaning]) => meaning !== '')
  if (known.length === 0) return ''
  return `<dl>${known.map(([name, meaning]) => `<dt>${escapedHtml(name)}</dt><dd>${escapedHtml(meaning)}</dd>`).join('')}</dl>`
}

/** What to do next, with what is to be pasted in blocks. */
export function advice(remedy: string): string {
  return remedyParts(remedy)
    .map(({ kind, text }) =>
      kind === 'lines' ? `<pre>${escapedHtml(text)}</pre>` : `<p>${escapedHtml(text)}</p>`,
    )
    .join('\n')
}
