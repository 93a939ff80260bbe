import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { printResult } from '../../src/host/print-result.ts'

/** What is said, and the exit status, where standard output fails like this. */
async function printedTo(code: string) {
  const said: string[] = []
  const output = new Writable({
    write: (_, __, done) => done(Object.assign(new Error(`${code}: it failed`), { code })),
  }).on('error', () => undefined)
  return { status: await printResult('text', output, (line) => said.push(line)), said }
}

test('a result that could not be written ends with status 4, so that a file on a full disk is not taken for whole', async () => {
  expect(await printedTo('ENOSPC')).toEqual({
    status: 4,
    said: ['This could not be written to standard output (ENOSPC: it failed).\n'],
  })
})

test('a reader that has left ends with status 0', async () => {
  expect(await printedTo('EPIPE')).toEqual({ status: 0, said: [] })
})
