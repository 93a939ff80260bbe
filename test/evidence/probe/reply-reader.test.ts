import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Expectation } from '../../../src/evidence/probe/expectation.ts'
import { startMatching } from '../../../src/evidence/probe/match-replies.ts'
import type { ReplyUntil } from '../../../src/evidence/probe/reply-reader.ts'
import { MOST_REPLY_BYTES, readReply } from '../../../src/evidence/probe/reply-reader.ts'

const EXPECT: Expectation[] = [
  { destination: 'v1', pattern: /one/ },
  { destination: 'v2', pattern: /two/ },
]

type Ended = { reply: string | undefined; afterChunks: number }

/** Reads chunks until the reply is complete, or to the end of the stream. */
function read(until: ReplyUntil, ...chunks: (string | Uint8Array)[]): Ended {
  const reader = readReply(until, startMatching(EXPECT))
  for (const [index, chunk] of chunks.entries()) {
    const reply = reader.take(Buffer.from(chunk), Buffer.from(chunk).length)
    if (reply !== undefined) return { reply, afterChunks: index + 1 }
  }
  return { reply: reader.end(), afterChunks: Number.POSITIVE_INFINITY }
}

const END = Number.POSITIVE_INFINITY

describe('a reply until newline', () => {
  test.each<[string, string[], Ended]>([
    ['is complete at the line feed', ['one hello\n'], { reply: 'one hello', afterChunks: 1 }],
    [
      'is put together from packets',
      ['on', 'e hel', 'lo\n', 'x'],
      { reply: 'one hello', afterChunks: 3 },
    ],
    ['ends at the first of several lines', ['one\ntwo\n'], { reply: 'one', afterChunks: 1 }],
    ['loses the carriage return before it', ['one\r\n'], { reply: 'one', afterChunks: 1 }],
    ['also where that came in another packet', ['one\r', '\n'], { reply: 'one', afterChunks: 2 }],
    ['keeps every other carriage return', ['a\rb\r\r\n'], { reply: 'a\rb\r', afterChunks: 1 }],
    ['may be an empty line', ['\n'], { reply: '', afterChunks: 1 }],
    ['or an empty line of two characters', ['\r\n'], { reply: '', afterChunks: 1 }],
    [
      'is what there is at the end of the stream',
      ['one hel'],
      { reply: 'one hel', afterChunks: END },
    ],
    ['is none where nothing came at all', [], { reply: undefined, afterChunks: END }],
  ])('%s', (_, chunks, ended) => {
    expect(read('newline', ...chunks)).toEqual(ended)
  })
})

describe('a reply until match', () => {
  test.each<[string, string[], Ended]>([
    [
      'is complete as soon as one expression matches',
      ['on', 'e h', 'x'],
      { reply: 'one h', afterChunks: 2 },
    ],
    ['goes on past line feeds', ['a\nb\n', 'two'], { reply: 'a\nb\ntwo', afterChunks: 2 }],
    ['is not complete where two match', ['one two', '!'], { reply: 'one two!', afterChunks: END }],
    [
      'is all there is where none matches',
      ['three\n', '.'],
      { reply: 'three\n.', afterChunks: END },
    ],
  ])('%s', (_, chunks, ended) => {
    expect(read('match', ...chunks)).toEqual(ended)
  })
})

describe('a reply until close', () => {
  test('is everything until the server closes', () => {
    expect(read('close', 'one\n', 'two\r\n', '.')).toEqual({
      reply: 'one\ntwo\r\n.',
      afterChunks: END,
    })
  })
})

describe('any reply', () => {
  test.each(['newline', 'match', 'close'] as const)('until %s is complete at 64 KiB', (until) => {
    const chunk = 'x'.repeat(MOST_REPLY_BYTES / 2)
    expect(MOST_REPLY_BYTES).toBe(64 * 1024)
    const { reply, afterChunks } = read(until, chunk, chunk.slice(1), 'yz', 'never looked at')
    expect(afterChunks).toBe(3)
    expect(reply).toBe(`${'x'.repeat(MOST_REPLY_BYTES - 1)}y`)
  })

  test('is cut at 64 KiB although a line feed follows in the same packet', () => {
    const { reply } = read('newline', `${'x'.repeat(MOST_REPLY_BYTES)}\n`)
    expect(reply?.length).toBe(MOST_REPLY_BYTES)
  })

  test('that is not UTF-8 becomes replacement characters', () => {
    expect(read('newline', Uint8Array.of(0xff, 0xfe, 0x6f, 0x0a)).reply).toBe('\ufffd\ufffdo')
  })

  test('keeps a character that came in two packets', () => {
    const bytes = Buffer.from('é\n')
    expect(read('newline', bytes.subarray(0, 1), bytes.subarray(1)).reply).toBe('é')
  })

  test('does not change when its buffer is used for the next packet', () => {
    const reader = readReply('newline', startMatching(EXPECT))
    const buffer = Buffer.from('one ')
    reader.take(buffer, 4)
    buffer.fill('x')
    expect(reader.take(Buffer.from('hello\n'), 6)).toBe('one hello')
  })

  test.each(['newline', 'match', 'close'] as const)(
    'until %s is made of none but the bytes that came, whatever is left behind them in the buffer',
    (until) => {
      const reader = readReply(until, startMatching(EXPECT))
      const buffer = Buffer.from('on\ne\ntwo\n')
      expect(reader.take(buffer, 2)).toBeUndefined()
      expect(reader.end()).toBe('on')
    },
  )

  test.each(['newline', 'match', 'close'] as const)(
    'until %s begins again for the next connection, although that before was cut short',
    (until) => {
      const reader = readReply(until, startMatching(EXPECT))
      reader.take(Buffer.from('thr'), 3)
      reader.start()
      expect(reader.end()).toBeUndefined()
      const reply = reader.take(Buffer.from('one\n'), 4) ?? reader.end()
      expect(reply).toBe(until === 'newline' ? 'one' : 'one\n')
    },
  )

  test('is the same in whatever packets it comes', () => {
    const bytes = fc.uint8Array({ maxLength: 40 })
    const cuts = fc.array(fc.nat({ max: 40 }), { maxLength: 5 })
    fc.assert(
      fc.property(bytes, cuts, fc.constantFrom('newline', 'close'), (whole, given, until) => {
        const margins = [
          0,
          ...given.filter((at) => at < whole.length).sort((a, b) => a - b),
          whole.length,
        ]
        const chunks = margins.slice(1).map((to, index) => whole.subarray(margins[index], to))
        const reply = (...parts: Uint8Array[]) => read(until as ReplyUntil, ...parts).reply
        expect(reply(...chunks)).toBe(reply(whole))
      }),
      { seed: 1, numRuns: 300 },
    )
  })
})

describe('a reply until match that comes one byte at a time', () => {
  test('is decoded and matched once, not once for each byte of it', () => {
    const length = MOST_REPLY_BYTES - 1
    const reply = Buffer.from('é'.repeat(length / 2))
    const reader = readReply('match', startMatching(EXPECT))
    for (const byte of reply) expect(reader.take(Buffer.of(byte), 1)).toBeUndefined()
    expect(reader.end()).toBe(reply.toString())
  })

  test('ends with the last whole character when an expression matches', () => {
    const reader = readReply('match', startMatching(EXPECT))
    const bytes = Buffer.from('one é')
    expect(reader.take(bytes.subarray(0, 2), 2)).toBeUndefined()
    expect(reader.take(bytes.subarray(2, 5), 3)).toBe('one ')
  })
})
