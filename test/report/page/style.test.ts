import { describe, expect, test } from 'vitest'
import { HEAD } from '../../../src/report/page/style.ts'

/** The colours by name, light and dark. */
const SCHEMES = [...HEAD.matchAll(/:root \{([^}]*)\}/g)].map(([, text = '']) =>
  Object.fromEntries(
    [...text.matchAll(/--([\w-]+): (#\w+)/g)].map(([, name = '', colour = '']) => [name, colour]),
  ),
)

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const digits = colour.length === 4 ? colour.replace(/\w/g, '$&$&') : colour
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(digits.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one = '', other = ''): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

describe.each([
  ['light', SCHEMES[0] ?? {}],
  ['dark', SCHEMES[1] ?? {}],
])('in %s', (_, colours) => {
  test.each(['ink', 'soft', 'good', 'bad', 'warn'])('words in %s can be read', (name) => {
    for (const ground of ['paper', 'raised'])
      expect(contrast(colours[name], colours[ground])).toBeGreaterThanOrEqual(4.5)
  })

  test.each(['good', 'bad', 'warn', 'ink'])('%s can be read on the boxes', (name) => {
    const grounds = { good: ['band'], bad: ['bad-ground'], warn: ['warn-ground'] }
    const own = Object.entries(grounds).flatMap(([of, all]) =>
      of === name || name === 'ink' ? all : [],
    )
    for (const ground of own)
      expect(contrast(colours[name], colours[ground])).toBeGreaterThanOrEqual(4.5)
  })

  test.each(['observed', 'margin', 'axis'])(
    'lines in %s are distinct from their ground',
    (name) => {
      for (const ground of ['paper', 'raised', 'band'])
        expect(contrast(colours[name], colours[ground])).toBeGreaterThanOrEqual(3)
    },
  )

  test('the observed share and the margins of the band are distinct from the interval', () => {
    expect(contrast(colours.observed, colours.interval)).toBeGreaterThanOrEqual(3)
    expect(contrast(colours.margin, colours.interval)).toBeGreaterThanOrEqual(3)
  })
})
