import { timeText } from '../figures.ts'
import { escapedHtml } from '../plain-text.ts'

/** Values along one side of a chart. `place` is where a value is drawn, 0 to 1; it may be outside. */
export type Axis = { place: (value: number) => number; ticks: readonly Tick[]; title: string }
export type Tick = { value: number; text: string }

export type Plot = {
  /** What the picture shows, in words, for readers who do not see it. */
  label: string
  x: Axis
  y: Axis
  /** Drawn in a square of 100 by 100, upside down, stretched and cut at the chart's edges: lines and areas. */
  shapes: string
  /** Drawn over them, placed in percent, not stretched: dots and words. */
  marks: string
  low?: boolean
}

/**
 * A chart as wide as the page lets it be, whose words are the same size at any width: what is
 * stretched is in a picture within the picture, everything else is placed in percent.
 */
export function plot({ label, x, y, shapes, marks, low }: Plot): string {
  const lines = y.ticks.map(({ value }) =>
    line('grid', [0, 1 - y.place(value)], [1, 1 - y.place(value)]),
  )
  const sides = y.ticks.map(
    ({ value, text }) =>
      `<text x="90%" y="${percent(1 - y.place(value))}" dy=".32em" text-anchor="end">${escapedHtml(text)}</text>`,
  )
  const below = x.ticks.map(({ value, text }) => {
    const at = x.place(value)
    return `<text x="${percent(at)}" y="1.2em" text-anchor="${anchor(at)}">${escapedHtml(text)}</text>`
  })
  return `<p class="axis-title">${escapedHtml(y.title)}</p>
<div class="plot${low ? ' low' : ''}"><svg aria-hidden="true">${sides.join('')}</svg><svg role="img" aria-label="${escapedHtml(label)}">
<svg class="shapes" viewBox="0 0 100 100" preserveAspectRatio="none">${lines.join('')}${shapes}${line('axis', [0, 1], [1, 1])}</svg>${marks}</svg>
<svg class="across" aria-hidden="true">${below.join('')}</svg><p class="axis-title across">${escapedHtml(x.title)}</p></div>`
}

type Point = readonly [x: number, y: number]

/** A straight line between two places of the chart, 0 to 1 from its upper left corner. */
export function line(kind: string, [x1, y1]: Point, [x2, y2]: Point): string {
  return `<line class="${kind}" x1="${units(x1)}" y1="${units(y1)}" x2="${units(x2)}" y2="${units(y2)}"/>`
}

export function path(kind: string, points: readonly Point[]): string {
  if (points.length < 2) return ''
  return `<polyline class="${kind}" points="${points.map(([x, y]) => `${units(x)},${units(y)}`).join(' ')}"/>`
}

export function area(kind: string, points: readonly Point[]): string {
  if (points.length < 3) return ''
  return `<polygon class="${kind}" points="${points.map(([x, y]) => `${units(x)},${units(y)}`).join(' ')}"/>`
}

export function box(kind: string, [x1, y1]: Point, [x2, y2]: Point): string {
  return `<rect class="${kind}" x="${units(x1)}" y="${units(y1)}" width="${units(Math.max(0, x2 - x1))}" height="${units(Math.max(0, y2 - y1))}"/>`
}

export function dot([x, y]: Point): string {
  return `<circle class="dot" cx="${percent(x)}" cy="${percent(y)}" r="4.5"/>`
}

/** Emphasized words beside a place of the chart. */
export function label(text: string, [x, y]: Point): string {
  return `<text class="label" x="${percent(x)}" y="${percent(y)}" text-anchor="${anchor(x)}">${escapedHtml(text)}</text>`
}

export type Swatch = { kind: string; shape: 'line' | 'area' | 'dot'; text: string }

/** What the lines and areas of a chart mean. */
export function legend(swatches: readonly Swatch[]): string {
  const items = swatches.map(({ kind, shape, text }) => {
    const drawn =
      shape === 'line'
        ? `<line class="${kind}" x1="0" y1="50%" x2="100%" y2="50%"/>`
        : shape === 'dot'
          ? '<circle class="dot" cx="50%" cy="50%" r="4.5"/>'
          : `<rect class="${kind}" width="100%" height="100%"/>`
    return `<li><svg aria-hidden="true">${drawn}</svg>${escapedHtml(text)}</li>`
  })
  return `<ul class="legend">${items.join('')}</ul>`
}

/** A share as a bar, 0 to 1. */
export function share(of: number): string {
  return `<svg aria-hidden="true"><rect class="track" width="100%" height="100%"/><rect class="bar" width="${percent(Math.min(1, Math.max(0, of)))}" height="100%"/></svg>`
}

/** A bar from one place to another of 0 to 1, at least wide enough to be seen. */
export function spark(from: number, to: number): string {
  const width = Math.max(0.004, to - from)
  return `<svg aria-hidden="true"><rect class="track" y="35%" width="100%" height="30%"/><rect class="bar" x="${percent(Math.min(from, 1 - width))}" y="25%" width="${percent(width)}" height="50%"/></svg>`
}

/** Even ticks at round values within a range, about `wanted` of them. */
export function roundTicks(
  min: number,
  max: number,
  wanted: number,
  text: (value: number) => string,
): Tick[] {
  const rough = Math.max(max - min, Number.EPSILON) / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power
  const first = Math.ceil(min / step - 1e-9)
  const count = Math.floor(max / step + 1e-9) - first + 1
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const value = Number(((first + index) * step).toPrecision(12))
    return { value, text: text(value) }
  })
}

const SECOND = 1000
const MINUTE = 60 * SECOND
/** Steps of more than a second at which people read time. */
const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600].map((minutes) => minutes * MINUTE),
]

/** Ticks from 0 to a time in milliseconds, at most about `wanted` of them. */
export function timeTicks(toMs: number, wanted: number): Tick[] {
  if (toMs < wanted * SECOND) return roundTicks(0, toMs, wanted, timeText)
  const step = TIME_STEPS.find((ms) => toMs / ms <= wanted) ?? toMs
  return Array.from({ length: Math.floor(toMs / step) + 1 }, (_, index) => {
    const value = index * step
    return { value, text: step < MINUTE ? timeText(value) : `${value / MINUTE} min` }
  })
}

/** Evenly spaced values from `min` to `max`. */
export function evenly(min: number, max: number): (value: number) => number {
  return (value) => (max > min ? (value - min) / (max - min) : 0)
}

function anchor(place: number): 'start' | 'middle' | 'end' {
  if (place < 0.06) return 'start'
  return place > 0.9 ? 'end' : 'middle'
}

/** Kept within what a picture can hold, so that what lies far outside is cut and not lost. */
function units(place: number): number {
  return Math.round(Math.max(-10, Math.min(11, place)) * 1e4) / 100
}

function percent(place: number): string {
  return `${units(place)}%`
}
