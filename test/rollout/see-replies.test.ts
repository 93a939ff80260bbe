import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seeReplies } from '../../src/rollout/see-replies.ts'

const ENDPOINT = { host: 'gateway.example.com', port: 31400 }

function tcp(payload: Uint8Array): string {
  return seeReplies({ kind: 'tcp', payload, replyUntil: 'newline' }, ENDPOINT)
}

test('what the probe sends by default is written out, and sent to the endpoint', () => {
  expect(tcp(Buffer.from('hello\n'))).toBe(
    `printf 'hello\\n' | nc -w 2 'gateway.example.com' 31400`,
  )
})

test('a shell sends the bytes of the payload, whatever they are', () => {
  const hard = ['-n', '%s%%', `it's`, '\\', 'a\\n1', '\0\x017', 'é\r\n', '-'].map((text) =>
    Buffer.from(text),
  )
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (payload) => {
      const [sending = ''] = tcp(payload).split(' | nc -w 2 ')
      const sent = execFileSync('sh', ['-c', sending])
      expect([...sent]).toEqual([...payload])
    }),
    { seed: 1, numRuns: 20, examples: hard.map((bytes) => [new Uint8Array(bytes)]) },
  )
})

test('where the server speaks first, nothing is sent', () => {
  expect(tcp(new Uint8Array())).toBe(`nc -w 2 'gateway.example.com' 31400 </dev/null`)
})

test('a command of the user is run as the probe runs it', () => {
  const commandLine = `sh -c 'echo "$PROBE_HOST:$PROBE_PORT" $1' sh "it's me"`
  const command = seeReplies({ kind: 'command', commandLine }, ENDPOINT)
  expect(execFileSync('sh', ['-c', command], { encoding: 'utf8' })).toBe(
    `gateway.example.com:31400 it's me\n`,
  )
})
