import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  cancelFrame,
  dataFrame,
  type Frame,
  pingFrame,
  startReadingFrames,
} from '../../../src/kube/tunnel/spdy-frame.ts'

/** A frame as a peer sends it, and what it means. */
const FRAMES: fc.Arbitrary<[Buffer, Frame]> = fc.oneof(
  fc
    .tuple(
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      fc.uint8Array({ maxLength: 300 }),
      fc.boolean(),
    )
    .map(([stream, bytes, isLast]): [Buffer, Frame] => [
      dataFrame(stream, bytes, isLast),
      { kind: 'data', stream, bytes: Buffer.from(bytes), isLast },
    ]),
  fc
    .integer({ min: 1, max: 2 ** 31 - 1 })
    .map((stream): [Buffer, Frame] => [cancelFrame(stream), { kind: 'reset', stream, status: 5 }]),
  fc
    .integer({ min: 1, max: 2 ** 32 - 1 })
    .map((id): [Buffer, Frame] => [pingFrame(id), { kind: 'ping', id }]),
)

test('frames are read whole, however what arrives is cut', () => {
  fc.assert(
    fc.property(
      fc.array(FRAMES, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      (frames, cuts) => {
        const bytes = Buffer.concat(frames.map(([sent]) => sent))
        const found: Frame[] = []
        const read = startReadingFrames((frame) => found.push(frame))
        for (let at = 0, cut = 0; at < bytes.length; cut += 1) {
          const length = cuts[cut % cuts.length] ?? 1
          read(bytes.subarray(at, at + length))
          at += length
        }
        expect(found).toEqual(frames.map(([, frame]) => frame))
      },
    ),
    { numRuns: 200 },
  )
})

test('what is no SPDY is named, and not waited for', () => {
  const read = (bytes: Buffer) => startReadingFrames(() => undefined)(bytes)
  expect(() => read(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))).toThrow(/a frame of/)
  expect(() => read(Buffer.from([0x80, 2, 0, 1, 0, 0, 0, 0]))).toThrow('version 2 of SPDY')
})
