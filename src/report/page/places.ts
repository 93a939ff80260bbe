import type { Check } from '../../rollout/model/check.ts'
import { countText } from '../../rollout/model/percents.ts'
import { type PlaceCell, placesView } from '../facts/places.ts'
import { escapedHtml } from '../plain-text.ts'
import { type Cell, paragraph, table } from './html.ts'
import { share } from './plot.ts'

const MOST_ROWS = 64

/** What the samples of each zone or node show, with a bar of the share; empty where they come from one place. */
export function placesPart(check: Check, shifted: number): string {
  const view = placesView(check, shifted, MOST_ROWS)
  if (view === undefined) return ''
  const rows = view.rows.map((cells) => cells.map(drawn))
  const left = view.left === 0 ? '' : paragraph(`${countText(view.left)} more are not shown.`)
  return `<h3>${view.title}</h3>${table(view.title, view.heads, rows)}${left}${paragraph(view.text)}`
}

function drawn({ text, share: part, differs }: PlaceCell): Cell {
  const mark = differs === true ? ' <span class="bad">✘</span>' : ''
  if (part !== undefined)
    return { html: `${share(part)} ${escapedHtml(text)}${mark}`, class: 'share' }
  return mark === '' ? text : { html: `<span>${escapedHtml(text)}${mark}</span>`, class: 'marked' }
}
