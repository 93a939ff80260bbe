import { latencyQuantileMs } from '../../evidence/probe/latency.ts'
import { listText } from '../../problem/list-text.ts'
import type { Check } from '../../rollout/model/check.ts'
import { countText, samplesText, shareText } from '../../rollout/model/percents.ts'
import type { PlaceSeen } from '../../rollout/model/place-seen.ts'
import { PLACES_ALPHA, type PlaceQuestion } from '../../split/places/places-test.ts'
import { timeText } from '../figures.ts'

/** A cell of a place. `share`: 0 to 1, to be drawn. `differs`: in this the place differs from most of the others. */
export type PlaceCell = { text: string; share?: number; differs?: boolean }

/** The places that samples came from, side by side. */
export type PlacesView = {
  /** `By zone`. */
  title: string
  heads: readonly string[]
  rows: readonly (readonly PlaceCell[])[]
  /** Places that have no row. */
  left: number
  /** Which of them differ, and what that rests on. */
  text: string
  differ: boolean
}

const MOST_DESTINATIONS = 4

/** undefined where samples came from one place. @param shifted the destination that is shown where there are two */
export function placesView(check: Check, shifted: number, most: number): PlacesView | undefined {
  const { places = [], names } = check
  const [first] = places
  if (first === undefined) return undefined
  const shown =
    names.length === 2 ? [shifted] : names.map((_, index) => index).slice(0, MOST_DESTINATIONS)
  const ordered = orderedPlaces(places)
  return {
    title: `By ${first.kind}`,
    heads: [
      first.kind,
      'Pods',
      `${check.unit}s`,
      ...shown.map((index) => names[index] ?? ''),
      failedHead(first),
      'p50',
      'p90',
    ],
    rows: ordered
      .slice(0, most)
      .map((place) => [
        { text: place.name },
        { text: countText(place.pods) },
        { text: countText(place.samples) },
        ...shown.map((index) => shareCell(place, index)),
        failedCell(place),
        ...[0.5, 0.9].map((share) => ({ text: latencyText(place, share) })),
      ]),
    left: Math.max(0, ordered.length - most),
    text: placesText(places),
    differ: places.some(({ differs }) => differs.length > 0),
  }
}

/** Those that differ come first. */
export function orderedPlaces(places: readonly PlaceSeen[]): PlaceSeen[] {
  return places.toSorted((a, b) => b.differs.length - a.differs.length)
}

/** A line for each place, and which of them differ; nothing where samples came from one place. */
export function placeLines(check: Check, shifted: number, most: number): string[] {
  const view = placesView(check, shifted, most)
  if (view === undefined) return []
  const of = orderedPlaces(check.places ?? []).slice(0, most)
  const left = view.left === 0 ? [] : [`  ${countText(view.left)} more, which the report shows.`]
  return [
    `${view.title}:`,
    ...of.map((place) => `  ${placeText(check, place, shifted)}`),
    ...left,
    view.text,
  ]
}

/** `zone-a: 342 connections, v2 20%, 0 unanswered, median 12 ms` */
function placeText(check: Check, place: PlaceSeen, shifted: number): string {
  const { text } = shareCell(place, shifted)
  return [
    `${place.name}: ${samplesText(place.samples, check.unit)}`,
    ...(text === '' ? [] : [`${check.names[shifted]} ${text}`]),
    `${countText(failed(place))} ${failedHead(place)}`,
    ...(place.latency.count === 0 ? [] : [`median ${latencyText(place, 0.5)}`]),
  ].join(', ')
}

function shareCell({ counts, differs }: PlaceSeen, index: number): PlaceCell {
  const answered = counts.reduce((sum, count) => sum + count, 0)
  if (answered === 0) return { text: '' }
  const share = (counts[index] ?? 0) / answered
  return { text: shareText(share, answered), share, differs: differs.includes('shares') }
}

function failedCell(place: PlaceSeen): PlaceCell {
  const text = `${countText(failed(place))} of ${countText(place.samples)}`
  return { text, differs: place.differs.includes('failures') }
}

function failedHead({ errors }: PlaceSeen): string {
  return errors === undefined ? 'unanswered' : 'errors or unanswered'
}

function failed({ errors = [], unclassified }: PlaceSeen): number {
  return errors.reduce((sum, count) => sum + count, unclassified)
}

function latencyText({ latency }: PlaceSeen, share: number): string {
  return latency.count === 0 ? '' : timeText(latencyQuantileMs(latency, share))
}

const IN: Readonly<Record<PlaceQuestion, string>> = {
  shares: 'shares',
  failures: 'errors and unanswered samples',
}

/** Which places differ, and how sure that is. */
function placesText(places: readonly PlaceSeen[]): string {
  const kind = places[0]?.kind ?? 'node'
  const chance = `${100 * PLACES_ALPHA}%`
  const named = (question: PlaceQuestion) =>
    places.filter(({ differs }) => differs.includes(question)).map(({ name }) => name)
  const found = (Object.keys(IN) as PlaceQuestion[]).flatMap((question) => {
    const names = named(question)
    if (names.length === 0) return []
    const others = places.length === 2 ? 'each other' : `most of the other ${kind}s`
    return `${listText(names)} ${names.length === 1 ? 'differs' : 'differ'} from ${others} in ${IN[question]}.`
  })
  if (found.length === 0)
    return `No ${kind} was found to differ from the others. Latency is not tested.`
  return `${found.join(' ')} At most ${chance} of runs name a ${kind} that is like at least half of the others.`
}
