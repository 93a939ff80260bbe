import {
  EVENT_SCALAR,
  SCALAR_STYLE_DOUBLE_QUOTED,
  SCALAR_STYLE_SINGLE_QUOTED,
  type ScalarEvent,
} from 'js-yaml'
import { YamlError, type YamlView } from './yaml-view.ts'

/** Line ends of YAML 1.1, which go-yaml and so kubectl reads. To YAML 1.2 they are characters. */
const FOREIGN = /[\u0085\u2028\u2029]/g

/** Thrown for a text in which kubectl reads other lines than this tool. */
export class ForeignLineEnd extends YamlError {
  readonly remedy = 'Remove it, or replace it with a line feed.'
}

/**
 * A comment that ends at such a character for kubectl goes on for YAML 1.2, so `# x\u2028weight: 80`
 * is a comment to the latter and a weight to the former. Within quotes this makes no difference.
 */
export function refuseForeignLineEnds({ text, events, origin }: YamlView): void {
  const found = [...text.matchAll(FOREIGN)].map(({ index }) => index)
  if (found.length === 0) return
  const quoted = events.filter(
    (event): event is ScalarEvent =>
      event.type === EVENT_SCALAR &&
      (event.style === SCALAR_STYLE_DOUBLE_QUOTED || event.style === SCALAR_STYLE_SINGLE_QUOTED),
  )
  const outside = found.find(
    (at) => !quoted.some(({ valueStart, valueEnd }) => valueStart <= at && at < valueEnd),
  )
  if (outside === undefined) return
  const code = text.charCodeAt(outside).toString(16).toUpperCase().padStart(4, '0')
  throw new ForeignLineEnd(
    `has the character U+${code}, which kubectl reads as a line break`,
    origin(outside),
  )
}
