import { expect, test } from 'vitest'
import { terminalPrinter } from '../../src/host/terminal.ts'
import type { LogLine } from '../../src/report/log/log-line.ts'

/** What the screens hold after lines were printed. */
function shown(columns: number | undefined, ...lines: LogLine[]): { out: string; err: string } {
  const texts = { out: '', err: '' }
  const screen = (name: 'out' | 'err') => ({
    columns: () => columns,
    isColoured: false,
    write: (text: string) => {
      texts[name] += text
    },
  })
  const print = terminalPrinter(screen('out'), screen('err'))
  for (const line of lines) print(line)
  return texts
}

const ERASE = '\r\u001b[K'

test('a live line is overwritten by the next line of any kind, and never wraps', () => {
  const { out } = shown(
    11,
    { level: 'live', text: 'one two three four' },
    { level: 'live', text: 'b' },
    { level: 'info', text: 'c' },
    { level: 'info', text: 'd' },
  )
  expect(out).toBe(`one two th${ERASE}b${ERASE}c\nd\n`)
})

test('a live block is overwritten line by line', () => {
  const { out } = shown(
    80,
    { level: 'live', text: 'one\ntwo\nthree' },
    { level: 'info', text: 'c' },
  )
  expect(out).toBe(`one\ntwo\nthree${ERASE}\u001b[A\u001b[K\u001b[A\u001b[Kc\n`)
})

test('a live line that does not fit loses its bar first, then fields at its end, and never its beginning', () => {
  const text = 'v2 -> 20%  now 21% ±5  [···▕==●==▏···]  1,050/~1,060  3.5 s'
  const at = (columns: number) => shown(columns, { level: 'live', text }).out
  expect(at(61)).toBe(text)
  expect(at(50)).toBe('v2 -> 20%  now 21% ±5  1,050/~1,060  3.5 s')
  expect(at(30)).toBe('v2 -> 20%  now 21% ±5')
  expect(at(8)).toBe('v2 -> 2')
})

test('a screen of unknown width has 80 columns', () => {
  expect(shown(undefined, { level: 'live', text: 'x'.repeat(200) }).out).toHaveLength(79)
})

test('warnings and errors go to the other screen, when the live line is gone', () => {
  expect(
    shown(
      80,
      { level: 'live', text: 'a' },
      { level: 'warning', text: 'w' },
      { level: 'error', text: 'e' },
    ),
  ).toEqual({ out: `a${ERASE}`, err: 'warning: w\ne\n' })
})

test('a group is printed as its title', () => {
  expect(shown(80, { level: 'group', text: 'a\nb' }, { level: 'group-end', text: '' }).out).toBe(
    '-- a b\n',
  )
})

test('a screen with colours gets them around whole lines, not around a live line', () => {
  const texts: string[] = []
  const screen = { write: (text: string) => texts.push(text), columns: () => 80, isColoured: true }
  const print = terminalPrinter(screen, screen)
  print({ level: 'group', text: 'a' })
  print({ level: 'live', text: 'b' })
  print({ level: 'error', text: 'c' })
  expect(texts).toEqual(['\u001b[1m-- a\u001b[0m\n', 'b', ERASE, '\u001b[31mc\u001b[0m\n'])
})
