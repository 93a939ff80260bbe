import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HOSTILE } from '../../kit/report/run.ts'
import {
  escaped,
  escapedHtml,
  escapedWithin,
  fenced,
  plainJson,
  plainText,
} from '../../src/report/plain-text.ts'

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom(':', '#', '[', ' ', '\n', '\t', '\r', '\u001b', 'a', '`', '|'))
    .map((pieces) => pieces.join('')),
)

/** Whether the runner would take a line for a command. Source: actions/runner, ActionCommand. */
function isCommand(line: string): boolean {
  return /^\s*::/.test(line) || line.includes('##[')
}

describe('plain text', () => {
  test.each([
    ['a\u001b[31mred\u001b[0m', 'a\\u001b[31mred\\u001b[0m'],
    ['back\b\u0007\u0000', 'back\\u0008\\u0007\\u0000'],
    ['a\rb\r\n', 'a\\u000db\\u000d\n'],
    ['\u0085\u2028\u2029\u009b', '\\u0085\\u2028\\u2029\\u009b'],
    ['\u202eevil\u202c \u2066x\u2069', '\\u202eevil\\u202c \\u2066x\\u2069'],
    ['a\tb\nc', 'a\tb\nc'],
    ['::warning::x', ': :warning::x'],
    ['ok\n \t::warning::x', 'ok\n \t: :warning::x'],
    ['a ::b', 'a ::b'],
    ['##[error]x', '# #[error]x'],
    ['###[[', '## #[['],
    ['a ##vso[task.setvariable variable=x]y', 'a # #vso[task.setvariable variable=x]y'],
    ["##teamcity[publishArtifacts '/']", "# #teamcity[publishArtifacts '/']"],
    ['## title [a]', '## title [a]'],
    ['é 😀 日本', 'é 😀 日本'],
  ])('of %j is %j', (text, plain) => {
    expect(plainText(text)).toBe(plain)
  })

  test('is never a command to the runner and never moves a cursor', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const plain = plainText(text)
        expect(plain.split(/[\n\r]/).some(isCommand)).toBe(false)
        expect(plain).not.toMatch(/[^\P{Cc}\n\t]|[\p{Zl}\p{Zp}]/u)
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  test('is made of JSON without another value, and is no command in a log either', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const value = { [text]: [`##vso[task.complete]${text}`, text] }
        const plain = plainJson(JSON.stringify(value, null, 2))
        expect(JSON.parse(plain)).toEqual(value)
        expect(plain.split(/[\n\r]/).some(isCommand)).toBe(false)
        expect(plain).not.toMatch(/##|[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/u)
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  test('of a megabyte is made in no time', () => {
    const text = `${'x\u001b::'.repeat(250_000)}`
    const before = performance.now()
    expect(plainText(text).length).toBeGreaterThan(1_000_000)
    expect(performance.now() - before).toBeLessThan(2000)
  })
})

describe('text for Markdown', () => {
  test('keeps what is no markup readable', () => {
    const text = 'Service istio-system/gw has no port 31400 (tcp), 80.5%: see v1.2 - or not!'
    expect(escaped(text)).toBe(text)
  })

  test.each([
    ['a | b', 'a &#124; b'],
    ['<b>&amp;', '&#60;b&#62;&#38;amp;'],
    ['*a* _b_ ~c~ `d`', '&#42;a&#42; &#95;b&#95; &#126;c&#126; &#96;d&#96;'],
    ['[a](b) \\', '&#91;a&#93;(b) &#92;'],
    ['#1 @me $x$', '&#35;1 &#64;me &#36;x&#36;'],
    ['https://a.example', 'https&#58;//a.example'],
    ['www.a.example', 'www&#46;a.example'],
    [':tada: a:b', '&#58;tada: a:b'],
    ['two\nlines\t of text', 'two lines of text'],
    ['- item', '&#45; item'],
    ['+ item', '&#43; item'],
    ['===', '&#61;=='],
    ['12. item', '12&#46; item'],
    ['1) item', '1&#41; item'],
    ['    code', 'code'],
  ])('%j is %s', (text, markdown) => {
    expect(escaped(text)).toBe(markdown)
  })

  test('within a line is the same but for what counts at its beginning', () => {
    expect(escapedWithin('- 1. a|b')).toBe('- 1. a&#124;b')
    expect(escapedWithin(' a\nb ')).toBe(' a b ')
  })

  test('has nothing of markup left in it, whatever it was', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.constantFrom(...HOSTILE)), (text) => {
        const markdown = escaped(text)
        const bare = markdown.replace(/&#\d+;/g, '')
        expect(bare).not.toMatch(/[&<>"'`|*_~[\]\\#@$\n]|:\/\/|\bwww\./i)
        expect(markdown).not.toMatch(/^([-+=\s]|\d+[.)])/)
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  test('reads as the text was', () => {
    const line = fc.string().map((text) => text.replace(/[\s\p{Cc}]+/gu, ' ').trim())
    fc.assert(
      fc.property(line, (text) => {
        fc.pre(plainText(text) === text)
        expect(unescaped(escaped(text))).toBe(text)
        expect(unescaped(escapedHtml(text))).toBe(text)
      }),
      { seed: 1, numRuns: 300 },
    )
  })
})

describe('text for HTML', () => {
  test('is no markup, in an attribute either', () => {
    expect(escapedHtml(`<a href="x" title='y'>&`)).toBe(
      '&#60;a href=&#34;x&#34; title=&#39;y&#39;&#62;&#38;',
    )
    expect(escapedHtml('\u001b[1m')).toBe('\\u001b[1m')
  })
})

describe('a fenced block', () => {
  test('shows the text as it is, line by line', () => {
    expect(fenced('a: |\n  b <c>')).toBe('```text\na: |\n  b <c>\n```')
  })

  test.each(['```', '````\n```', 'a `````` b'])('cannot be closed by %j in it', (text) => {
    const [first = '', ...rest] = fenced(text).split('\n')
    const fence = first.replace('text', '')
    expect(rest.at(-1)).toBe(fence)
    expect(rest.slice(0, -1).some((line) => line.trim().startsWith(fence))).toBe(false)
  })

  test('is plain text too', () => {
    expect(fenced('::error::x\u001b')).toBe('```text\n: :error::x\\u001b\n```')
  })
})

function unescaped(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
}
